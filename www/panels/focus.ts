/**
 * The keyboard's place: where what has the focus goes away or can no longer be used, the focus goes to what can be used
 * nearest to it. Otherwise it would be at the page's beginning.
 */

const USABLE = 'button, a[href], input, select, [tabindex="0"]';

export function focusView() {
  let last: { element: HTMLElement; around: HTMLElement[] } | null = null;
  let isDue = false;
  const check = () => {
    isDue = false;
    if (!last || document.activeElement !== document.body) return;
    const { element, around: parts } = last;
    last = null;
    // The user has left it.
    if (canUse(element)) return;
    for (const part of parts) {
      const next = part.isConnected && [...part.querySelectorAll<HTMLElement>(USABLE)].find(canUse);
      if (!next) continue;
      next.focus({ preventScroll: true });
      return;
    }
  };
  const later = () => {
    if (!last || isDue) return;
    isDue = true;
    // What is disabled loses the focus when the page is drawn.
    requestAnimationFrame(() => setTimeout(check));
  };
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) last = { element: target, around: around(target) };
  });
  document.addEventListener('focusout', later);
  new MutationObserver(later).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['hidden', 'disabled'],
  });
}

/** What is around it, from within; not the whole page. */
function around(element: HTMLElement): HTMLElement[] {
  const { parentElement: parent } = element;
  return parent === null || parent === document.body ? [] : [parent, ...around(parent)];
}

function canUse(element: HTMLElement) {
  const isOff = 'disabled' in element && element.disabled === true;
  return element.isConnected && !isOff && element.checkVisibility({ visibilityProperty: true });
}
