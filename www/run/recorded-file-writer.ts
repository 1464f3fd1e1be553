/** Writes the file of a recorded run. What is in it: docs/recorded-run-format.md. */

import { FORMAT, REASONS, VERSION } from './recorded-file.ts';
import type { ListingRow, Pause, RunEvent, Site } from './types.ts';
import type { RecordedFile, RecordedRun } from './recorded.ts';

/** What is in the file; its JSON text is the file. */
export function fileOf(run: RecordedRun): RecordedFile {
  const { title, begun, browser, cores, workers, selected, excerpt, missing, output } = run;
  const sites = new Numbers();
  const pauses = run.pauses.map((pause) => pauseRow(pause, sites));
  const reasons = REASONS.filter((reason) => run.stats[reason].count > 0);
  return {
    format: FORMAT,
    version: VERSION,
    title,
    begun,
    browser,
    cores,
    clock_step: run.clockStep,
    workers,
    policy: run.policy,
    bounds: run.bounds,
    longest: run.longest,
    hits: run.hits,
    program: programRow(run),
    end: { how: run.how, result: run.result, trap: run.trap },
    output,
    stats: {
      ...Object.fromEntries(reasons.map((reason) => [reason, run.stats[reason]])),
      ...(run.stats.bias && { bias: run.stats.bias }),
    },
    totals: {
      instructions: run.totals.map(({ instructions }) => instructions),
      polls: run.totals.map(({ polls }) => polls),
    },
    selected,
    excerpt,
    missing,
    sites: sites.values,
    pauses,
    events: eventColumns(run.events),
  };
}

function programRow({
  program: { name, source, policy: own, size, functions, bounds: paths, listing },
}: RecordedRun) {
  const numbers = new Map(functions.map((of, i) => [of, i]));
  const column = (key: keyof ListingRow) => listing.map((row) => row[key] ?? null);
  return {
    name,
    source,
    policy: own,
    size,
    functions,
    bounds: paths,
    listing: {
      function: listing.map((row) => numbers.get(row.function) ?? 0),
      index: column('index'),
      offset: column('offset'),
      bytes: column('bytes'),
      text: column('text'),
      line: column('line'),
      // Of programs in assembler there are none.
      ...(listing.some(({ words, statement }) => words || statement)
        ? { words: column('words'), statement: column('statement'), begins: column('begins') }
        : {}),
      poll: column('poll'),
      placed: column('placed'),
      site: column('site'),
    },
  };
}

function pauseRow({ stragglers, arrivals, causes, program, ...pause }: Pause, sites: Numbers) {
  return {
    ...pause,
    program: program && { ...program, site: sites.of(program.site) },
    stragglers: stragglers.map((straggler) => ({ ...straggler, site: sites.of(straggler.site) })),
    causes: causes.map((cause) => ({ ...cause, place: sites.of(cause.place) })),
    arrivals: {
      worker: arrivals.map(({ worker }) => worker),
      after: arrivals.map(({ after }) => after),
      safe: arrivals.map(({ safe }) => (safe ? 1 : 0)),
      standing: arrivals.map(({ standing }) => standing),
      site: arrivals.map((arrival) => sites.of(arrival.site)),
      instructions: arrivals.map(({ instructions }) => instructions),
      since_poll: arrivals.map((arrival) => arrival.since_poll),
    },
  };
}

/** Places, each once. */
class Numbers {
  values: Site[] = [];
  #known: Map<string, number> = new Map();

  of(place: Site | null) {
    if (!place) return null;
    const key = JSON.stringify(place);
    let number = this.#known.get(key);
    if (number === undefined) this.#known.set(key, (number = this.values.push(place) - 1));
    return number;
  }
}

/**
 * Times as whole nanoseconds since the one before.
 *
 * @param events by time
 */
function eventColumns(events: RunEvent[]) {
  const kinds = [...new Set(events.map(({ kind }) => kind))];
  let before = 0;
  return {
    kinds,
    time: events.map((event) => {
      const now = Math.round(event.time * 1000);
      const since = now - before;
      before = now;
      return since;
    }),
    worker: events.map(({ worker }) => worker),
    kind: events.map(({ kind }) => kinds.indexOf(kind)),
    detail: events.map(({ detail }) => detail),
    pause: events.map(({ pause }) => pause),
    task: events.map(({ task: number }) => number),
    function: events.map((event) => event.function),
  };
}
