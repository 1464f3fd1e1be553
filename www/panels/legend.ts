/** What the lanes' colours and lines mean. */
import { byId, folds, make, set } from './dom.ts';
import { explained } from './terms.ts';

interface Legend {
  /**
   * whether the lanes show speeds, and
   * whether events are missing in them
   */
  explain: (shown: { rates: boolean; missing: boolean }) => void;
}

export function legend(): Legend {
  const entry = (style: string, word: string | Node) => make('li', {}, make('i', { class: style }), word);
  const rates = make('li', { text: '/s: instructions per second' });
  const missing = entry('missing', explained('missing events'));
  folds(byId('legend-button'));
  byId('legend').append(
    entry('running', 'running'),
    entry('late', 'asked to stop'),
    entry('hatch', 'asked, without a processor'),
    entry('straggler', explained('straggler', 'the last one, kept by what it did')),
    entry('stopped', 'stopped, waiting'),
    entry('idle', 'idle'),
    entry('safe', explained('safe region')),
    entry('operation', explained('operation')),
    rates,
    missing,
  );
  const explain: Legend['explain'] = (shown) => {
    set(rates, { hidden: !shown.rates });
    set(missing, { hidden: !shown.missing });
  };
  explain({ rates: false, missing: false });
  return { explain };
}
