/**
 * Has the service worker serve the page from the next visit on, and at once where the page is not isolated: it
 * then loads once more, with the headers that the host does not send.
 */

/** Set while the page is being loaded again, so that it is not done for ever. */
const TRYING = 'safepoint-lab.isolating';

interface Serving {
  /**
   * resolves when what can be done for isolation is done; never, while the page
   * is being loaded again
   */
  isolated: Promise<void>;
  /** has the page kept for later visits, where that has not begun */
  install: () => void;
}

/** @param onUpdate another version of the page is ready; loading it again shows that */
export function serve(onUpdate: () => void): Serving {
  // From the sources there is nothing to keep.
  const address = import.meta.env.PROD ? new URL('sw.js', document.baseURI).href : null;
  const own = document.querySelector('meta[name="build"]')?.getAttribute('content') ?? '';
  /** @param worker that is about to serve, or does */
  const meet = (worker: ServiceWorker) =>
    ask(worker, (version) => {
      if (version === own) worker.postMessage('take over');
      else onUpdate();
    });
  if (navigator.serviceWorker?.controller) watch(navigator.serviceWorker, meet);
  const install = async () => {
    if (!address || !navigator.serviceWorker) return;
    const registration = await navigator.serviceWorker.register(address, { updateViaCache: 'none' });
    expectNewer(registration, meet);
    await active(registration);
  };
  if (crossOriginIsolated || !isSecureContext) {
    forget();
    return { isolated: Promise.resolve(), install: () => void install().catch(ignore) };
  }
  return { isolated: isolate(install), install: ignore };
}

/**
 * Another worker begins to serve this page: one of another build, or that of the page's own, which the one of the
 * build before has shown already.
 */
function watch(workers: ServiceWorkerContainer, meet: (worker: ServiceWorker) => void) {
  workers.addEventListener('controllerchange', () => workers.controller && meet(workers.controller));
}

/** A worker is there that does not serve yet, now or later. */
function expectNewer(registration: ServiceWorkerRegistration, meet: (worker: ServiceWorker) => void) {
  const there = () => registration.waiting && meet(registration.waiting);
  const found = () => registration.installing?.addEventListener('statechange', there);
  registration.addEventListener('updatefound', found);
  found();
  there();
}

/** @param answered of which build it is */
function ask(worker: ServiceWorker, answered: (version: string) => void) {
  const { port1: answer, port2: port } = new MessageChannel();
  answer.addEventListener('message', ({ data }) => answered(data));
  answer.start();
  worker.postMessage('version', [port]);
}

async function isolate(install: () => Promise<void>) {
  const tried = recall();
  forget();
  if (tried) return;
  try {
    await install();
  } catch {
    return; // no service workers here, or none at this host: the engine says what is missing
  }
  if (!navigator.serviceWorker || !remember()) return;
  // Chrome keeps this page, and shows it again where the user reloads the isolated one. It can be left once it is
  // seen, and not yet when it is told that it will be.
  const again = () => location.reload();
  addEventListener('pageshow', ({ persisted }) => persisted && requestAnimationFrame(again));
  again();
  await new Promise(ignore);
}

/** @returns once it has a worker that serves */
function active(registration: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    const check = () => {
      if (worker?.state === 'activated') resolve();
      else if (!worker || worker.state === 'redundant') reject(new Error('not every file could be kept'));
    };
    worker?.addEventListener('statechange', check);
    check();
  });
}

function ignore() {}

/** Storage may be switched off: then there is no second load, which could not be told from the first. */
function remember() {
  try {
    sessionStorage.setItem(TRYING, 'yes');
    return true;
  } catch {
    return false;
  }
}

function recall() {
  try {
    return sessionStorage.getItem(TRYING) !== null;
  } catch {
    return false;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(TRYING);
  } catch {
    // Then nothing was remembered.
  }
}
