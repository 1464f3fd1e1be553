/** One pause, worker by worker, latest first: a table whose bars are the picture. */
import { bytes, count, compact, duration, reasonText } from '../words/format.ts';
import { lateAt, latenessOf } from '../run/late.ts';
import { waitedIn } from '../run/recording.ts';
import { PART_NAMES, instants, isCompleted } from '../run/pause-parts.ts';
import { make, table, words } from './dom.ts';
import { explained } from './terms.ts';
import type { Arrival, Pause, Standing } from '../run/types.ts';
import type { PARTS } from '../run/pause-parts.ts';
import type { Term } from './terms.ts';

/**
 * @param resumed when each worker ran again
 * @param options `live`: it was here, and
 * just now; `download`: null where its snapshot is not at hand; `most`: how many workers are listed
 */
export function waterfall(
  pause: Pause,
  resumed: Float64Array | undefined,
  {
    step,
    live,
    download,
    most,
  }: { step: number; live: boolean; download: (() => void) | null; most: number },
): Node[] {
  return [
    parts(pause, resumed, step, live),
    outcome(pause, step, live, download),
    arrivals(pause, resumed, step, most),
    ...(pause.arrivals.length > most ? [rest(pause, most)] : []),
  ];
}

/** Why a worker was not awaited. */
const STANDINGS: Record<Standing, string> = {
  awaited: 'not awaited',
  'safe-region': 'in a safe region',
  blocked: 'blocked, in a safe region',
  idle: 'idle, in a safe region',
  requester: 'the requester',
  'waiting-for-memory': 'waiting for memory',
  'not-yet-resumed': 'not running again yet',
  died: 'died',
};

/** The parts of a pause that have a name on the page, and their colour. */
const SHOWN: [(typeof PARTS)[number], Term, string][] = [
  ['queue', 'queue', 'queue'],
  ['ttsp', 'time to safepoint', 'reach'],
  ['noticing', 'noticing', 'noticing'],
  ['operation', 'operation', 'operation'],
  ['held', 'held', 'held'],
  ['release', 'release', 'release'],
  ['resuming', 'resuming', 'again'],
];

/**
 * The parts and their sum.
 *
 * @param live whether the user can press Resume
 */
function parts(pause: Pause, resumed: Float64Array | undefined, step: number, live: boolean) {
  const until = live ? 'until Resume' : 'it went on';
  const entry = (name: Node, text: string, style: string) =>
    make('div', { class: style }, make('dt', {}, name), make('dd', { text }));
  const resuming = pause.resuming ?? resumingOf(pause, resumed);
  const given = !isCompleted(pause);
  const entries = SHOWN.filter(([part]) => !given || part === 'queue' || part === 'ttsp').map(
    ([part, term, style]) => {
      const value = part === 'resuming' ? resuming : pause[part];
      const inForce = pause.total === null && (part === 'held' || (part === 'operation' && value === null));
      const name = given && part === 'ttsp' ? document.createTextNode('Waited in vain') : null;
      const text = inForce && value === null ? (part === 'operation' ? '–' : until) : duration(value, step);
      return entry(name ?? explained(term, PART_NAMES[part]), text, style);
    },
  );
  const total = pause.total === null ? null : pause.total + (pause.resuming === null ? (resuming ?? 0) : 0);
  return make(
    'dl',
    { class: 'parts' },
    ...entries,
    entry(document.createTextNode('Total'), duration(total, step), 'total'),
    entry(explained('wasted worker time', 'Wasted'), duration(waitedIn(pause), step), 'wasted'),
  );
}

/**
 * What the events say of it, where the record was made before it was over.
 *
 * @returns from the last wake-up until the last worker that had stopped for it ran again
 */
function resumingOf(pause: Pause, resumed: Float64Array | undefined): number | null {
  const { released } = instants(pause);
  if (released === null || !resumed) return null;
  const times = pause.arrivals.filter(({ safe }) => !safe).map(({ worker }) => resumed[worker] ?? NaN);
  if (times.length === 0 || times.some(Number.isNaN)) return null;
  return Math.max(0, Math.max(...times) - released);
}

function outcome({ outcome: what }: Pause, step: number, live: boolean, download: (() => void) | null) {
  const box = make('p', { class: 'outcome' });
  if (what?.kind === 'gc') {
    box.append(
      `Heap ${bytes(what.before)} before, ${bytes(what.after)} after; ${count(what.freed_objects)} object${what.freed_objects === 1 ? '' : 's'} freed, ` +
        `${count(what.live_objects)} live; marking ${duration(what.mark, step)}, sweeping ${duration(what.sweep, step)}` +
        `${what.helpers > 0 ? `; ${what.helpers} stopped ${what.helpers === 1 ? 'worker' : 'workers'} helped to mark` : ''}.`,
    );
  } else if (what?.kind === 'snapshot') {
    box.append(`Snapshot of ${bytes(what.size)}. `);
    if (download)
      box.append(
        make('button', {
          type: 'button',
          class: 'link',
          onclick: download,
          text: 'Save it as a file',
        }),
        '. Open file, below the program, goes on from it, also on another machine.',
      );
    else if (live) box.append('While the world is kept stopped it can be saved as a file.');
  }
  return box;
}

function arrivals(pause: Pause, resumed: Float64Array | undefined, step: number, most: number) {
  const body = make('tbody');
  const longest = Math.max(pause.ttsp, step);
  const { release } = instants(pause);
  for (const arrival of pause.arrivals.slice(0, most)) {
    const reach = make('i');
    const wait = make('i', { class: 'wait' });
    const bar = make('div', { class: 'bar-cell' }, reach, wait);
    const reached = arrival.safe ? 0 : Math.min(99, Math.max(1, (arrival.after / longest) * 100));
    reach.style.width = `${reached}%`;
    wait.style.width = arrival.safe ? '0' : `${Math.max(0, (pause.ttsp / longest) * 100 - reached)}%`;
    const again = resumed?.[arrival.worker];
    body.append(
      make(
        'tr',
        { class: classOf(pause, arrival) },
        make('th', { scope: 'row', text: `Worker ${arrival.worker}` }),
        make('td', { class: 'picture' }, bar),
        make('td', {
          class: 'figure',
          text: arrival.safe ? STANDINGS[arrival.standing ?? 'awaited'] : duration(arrival.after, step),
        }),
        // What kept a worker says more than where it stopped at last.
        make(
          'td',
          {
            class: 'site',
            title: pause.causes.find(({ worker }) => worker === arrival.worker)?.evidence || null,
          },
          ...words(lateAt(pause, arrival)?.text ?? '–'),
        ),
        make('td', {
          class: 'figure',
          text: executed(arrival),
        }),
        make('td', {
          class: 'figure',
          text: arrival.safe ? '–' : duration(Math.max(0, pause.ttsp - arrival.after), step),
        }),
        make('td', {
          class: 'figure',
          text: ranAgain(release, again, arrival.safe, step),
        }),
      ),
    );
  }
  const heads = [
    'Worker',
    make('span', { class: 'sr-only', text: 'Its way to the stop and its wait as a bar' }),
    { figure: 'Arrived after' },
    'Where it was',
    { figure: explained('executed', 'Executed') },
    { figure: 'Waited' },
    { figure: 'Ran again after' },
  ];
  const caption = `Arrivals of pause ${pause.id} (${reasonText(pause)}), latest first`;
  return make('div', { class: 'scroll', tabindex: 0 }, table(caption, heads, body));
}

/** @returns the last one, and whether it was kept by what it did itself */
function classOf(pause: Pause, { worker, safe }: Arrival) {
  if (worker !== pause.stragglers[0]?.worker) return safe ? 'safe' : null;
  return latenessOf(pause, worker) === 'own' ? 'straggler own' : 'straggler';
}

/** Leads to those that are not listed. */
function rest(pause: Pause, most: number) {
  const text = `Look at this pause with all ${pause.arrivals.length} workers`;
  const button = make('button', { type: 'button', class: 'link', 'data-pause': pause.id, text });
  return make('p', { class: 'outcome' }, `${pause.arrivals.length - most} more came before. `, button, '.');
}

/**
 * @param release when all workers were free to go
 * @param again when this worker ran again
 */
function ranAgain(release: number | null, again: number | undefined, safe: boolean, step: number) {
  if (release === null) return '–';
  if (again !== undefined && !Number.isNaN(again)) return duration(Math.max(0, again - release), step);
  return safe ? 'not yet' : '–';
}

/** Since its last poll: it may have executed some of that before the request. */
function executed({ since_poll: most }: Arrival) {
  return most === null ? '–' : most === 0 ? '0' : `≤ ${compact(most)}`;
}
