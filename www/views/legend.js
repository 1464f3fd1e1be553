/** What the lanes' colours and lines mean. */
import { byId, make, set } from './dom.js';
import { explained } from './terms.js';

/**
 * @typedef {object} Legend
 * @property {(shown: { rates: boolean, missing: boolean }) => void} explain whether the lanes show speeds, and
 *   whether events are missing in them
 */

/** @returns {Legend} */
export function legend() {
  const entry = (/** @type {string} */ style, /** @type {string | Node} */ word) =>
    make('li', {}, make('i', { class: style }), word);
  const rates = make('li', { text: '/s: instructions per second' });
  const missing = entry('missing', explained('missing events'));
  byId('legend').append(
    entry('running', 'running'),
    entry('late', 'asked to stop'),
    entry('straggler', explained('straggler')),
    entry('stopped', 'stopped, waiting'),
    entry('idle', 'idle'),
    entry('safe', explained('safe region')),
    entry('operation', explained('operation')),
    rates,
    missing,
  );
  /** @type {Legend['explain']} */
  const explain = (shown) => {
    set(rates, { hidden: !shown.rates });
    set(missing, { hidden: !shown.missing });
  };
  explain({ rates: false, missing: false });
  return { explain };
}
