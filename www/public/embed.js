/*
 * `<safepoint-lab>` for pages elsewhere: a frame with the lab in it (docs/embedding.md).
 *
 *     <script src="https://example.org/lab/embed.js"></script>
 *     <safepoint-lab program="Busy loops" workers="4" autostart></safepoint-lab>
 *
 * Not bundled and no module: a page may take it from any host, also from one that sends no headers.
 */
(function () {
  'use strict';
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script || customElements.get('safepoint-lab')) return;
  /** The page is beside this script. */
  const page = new URL('./', script.src).href;

  /** @param {Node | null} node whether the parser has come to something behind it */
  function isFollowed(node) {
    for (; node; node = node.parentNode) if (node.nextSibling) return true;
    return false;
  }

  class SafepointLab extends HTMLElement {
    static observedAttributes = ['program', 'lesson', 'workers', 'autostart'];

    #frame = document.createElement('iframe');

    constructor() {
      super();
      this.attachShadow({ mode: 'open' }).append(this.#frame);
      // Properties, not a style element: the page around may forbid those.
      Object.assign(this.#frame.style, { display: 'block', width: '100%', height: '100%', border: '0' });
      // The first for workers where the page around is isolated, the second for Share.
      this.#frame.allow = 'cross-origin-isolated; clipboard-write';
      this.#frame.loading = 'lazy';
    }

    /** Hears of the document while what is between the tags may still arrive: the script may come first. */
    #arriving = new MutationObserver(() => this.#showOnceThere());

    /**
     * What the lab tells becomes an event of the element; messages of other frames and pages do not.
     *
     * @param {MessageEvent} message
     */
    #hear = ({ source, origin, data }) => {
      const isOurs = source === this.#frame.contentWindow && origin === new URL(page).origin;
      if (!isOurs || data?.source !== 'safepoint-lab') return;
      const { source: _, version: _version, type, ...detail } = data;
      this.dispatchEvent(new CustomEvent(type, { detail }));
    };

    connectedCallback() {
      addEventListener('message', this.#hear);
      if (!this.style.display) this.style.display = 'block';
      if (!this.style.height) this.style.height = '720px';
      this.#arriving.observe(document, { childList: true, subtree: true });
      document.addEventListener('DOMContentLoaded', () => this.#showOnceThere(), { once: true });
      this.#showOnceThere();
    }

    disconnectedCallback() {
      removeEventListener('message', this.#hear);
      this.#arriving.disconnect();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#showOnceThere();
    }

    /** All of it is there once something follows it, or the document is whole. */
    #showOnceThere() {
      if (!this.isConnected || (document.readyState === 'loading' && !isFollowed(this))) return;
      this.#arriving.disconnect();
      this.#show();
    }

    #show() {
      const address = new URL(page);
      const program = this.getAttribute('program') ?? '';
      const workers = this.getAttribute('workers');
      address.searchParams.set('embed', '');
      if (program) address.searchParams.set('program', program);
      const lesson = this.getAttribute('lesson') ?? '';
      if (lesson) address.searchParams.set('lesson', lesson);
      // A page without an origin, such as one from a disk, cannot be told anything.
      if (location.origin !== 'null') address.searchParams.set('host', location.origin);
      if (workers) address.searchParams.set('workers', workers);
      if (this.hasAttribute('autostart')) address.searchParams.set('autostart', '');
      // Between the tags stands a program, which begins and ends with lines of its own.
      const text = (this.textContent ?? '').replace(/^\s*\n/, '').trimEnd();
      if (!program && !lesson && text) address.hash = `text=${encodeURIComponent(`${text}\n`)}`;
      this.#frame.title = program ? `Safepoint Lab: ${program}` : 'Safepoint Lab';
      if (this.#frame.src !== address.href) this.#frame.src = address.href;
    }
  }

  customElements.define('safepoint-lab', SafepointLab);
})();
