/** Made-up records for the tests of the page's data and pictures. */

/** @typedef {import('../../www/engine/types.js').Pause} Pause */
/** @typedef {import('../../www/engine/types.js').LabEvent} LabEvent */

/**
 * @param {Partial<Pause>} [changes]
 * @returns {Pause}
 */
export function pauseOf(changes = {}) {
  const site = {
    kind: /** @type {const} */ ('bulk'),
    task: 3,
    function: 'hog',
    instruction: 2,
    offset: 6,
    line: 15,
    text: 'hog, line 15, acopy',
  };
  return /** @type {Pause} */ ({
    id: 41,
    reason: 'gc',
    by: 'page',
    at: 1000,
    queue: 10,
    ttsp: 3820,
    operation: 1100,
    release: 40,
    total: 4970,
    wasted: 3760,
    hidden: false,
    stragglers: [{ worker: 1, site, waited: 3820, dead: false }],
    arrivals: [
      { worker: 1, after: 3820, safe: false, site, instructions: 10 },
      { worker: 0, after: 60, safe: false, site: null, instructions: 20 },
    ],
    outcome: null,
    sentence: 'Worker 1 was late.',
    ...changes,
  });
}

/**
 * @param {number} worker
 * @param {number} time
 * @param {LabEvent['kind']} kind
 * @param {Partial<LabEvent>} [rest]
 * @returns {LabEvent}
 */
export function eventOf(worker, time, kind, rest = {}) {
  return { worker, time, kind, detail: 0, pause: 0, task: 0, function: 0, instruction: 0, count: 0, ...rest };
}
