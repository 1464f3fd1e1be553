/** What has happened, as checks see it. */
import { policyOf } from '../run/run-summary.ts';
import type { Facts, Happening } from './check.ts';
import type { Run } from '../run/run-summary.ts';
import type { LessonEvent } from './types.ts';
import type { PathBound, Pause } from '../run/types.ts';

/** @returns all that is to be said of it; a step waits for one of them */
export function happeningsOf(event: LessonEvent): Happening[] {
  switch (event.kind) {
    case 'run': {
      const run = runFacts(event.run);
      return [
        { check: 'runs', facts: run },
        ...(event.restored ? [{ check: 'restored' as const, facts: run }] : []),
        ...(event.run.bounds
          ? [{ check: 'path' as const, facts: { ...run, ...pathFacts(event.run.bounds) } }]
          : []),
      ];
    }
    case 'pause': {
      const { pause, asked, run, ran } = event;
      if (pause.halt) return [{ check: 'breaks', facts: { ...runFacts(run), ...haltFacts(pause) } }];
      if (!asked) return [];
      return [{ check: 'stops', facts: { ...runFacts(run), ...stopFacts(pause, ran) } }];
    }
    case 'awaited': {
      const { awaiting, run } = event;
      const [first] = awaiting.workers;
      const missing = awaiting.workers.length;
      const facts: Facts = {
        ...runFacts(run),
        ...{ worker: first?.worker ?? null, arrived: run.workers - missing, missing },
        ...{
          cause: first?.kind ?? null,
          function: first?.place?.function ?? null,
          line: first?.line ?? null,
        },
      };
      return [{ check: 'waits', facts }];
    }
    case 'in-vain': {
      const { waited, absent, run } = event;
      const facts: Facts = {
        ...runFacts(run),
        ...(run.bounds ? pathFacts(run.bounds) : {}),
        ...{ after: waited, arrived: run.workers - absent, missing: absent },
      };
      return absent > 0 ? [{ check: 'given-up', facts }] : [];
    }
    case 'resumed':
      return [{ check: 'resumes', facts: runFacts(event.run) }];
    case 'snapshot': {
      const { task_count: tasks, objects } = event.description;
      return [
        { check: 'snapshot', facts: { ...runFacts(event.run), size: event.bytes.length, tasks, objects } },
      ];
    }
    case 'finished': {
      const { finished, run, restored } = event;
      const { result, trap, output } = finished;
      // The reader ended it.
      if (result === null && !trap) return [];
      return [
        { check: 'ends', facts: { ...runFacts(run), result, prints: output, trap: trap !== null, restored } },
      ];
    }
    case 'observed': {
      const { steps, safepoints, sawAll: saw, workers } = event.observed;
      return [{ check: 'protocol', facts: { workers, steps, safepoints, saw } }];
    }
  }
}

function runFacts(run: Run): Facts {
  const policy = policyOf(run);
  return {
    workers: run.workers,
    calls: yes(policy?.calls),
    'back-edges': yes(policy?.back_edges),
    allocations: yes(policy?.allocations),
    awaits: yes(policy?.awaits),
    every: policy?.every ?? null,
    counted: yes(run.counted ?? true),
  };
}

const yes = (value: boolean | undefined) => value ?? null;

/** The function that can go longest without a poll. */
function pathFacts(bounds: PathBound[]): Facts {
  const length = ({ instructions, per_frame }: PathBound) =>
    per_frame ? Infinity : (instructions ?? Infinity);
  const longest = [...bounds].sort((a, b) => length(b) - length(a))[0];
  if (!longest) return {};
  return { instructions: length(longest), function: longest.function, line: longest.line };
}

function haltFacts({ halt, ttsp }: Pause): Facts {
  if (!halt) return {};
  const { why, worker, task, function: name, line } = halt;
  return { why, worker, task, function: name, line, ttsp };
}

function stopFacts(
  { reason, ttsp, wasted, stragglers, causes, arrivals, outcome }: Pause,
  ran: number,
): Facts {
  const last = stragglers[0]?.site ?? null;
  const awaited = arrivals.filter(({ safe }) => !safe);
  const counted = awaited.flatMap(({ since_poll: since }) => since ?? []);
  const lines = [...new Set(awaited.flatMap(({ site }) => site?.line ?? []))].sort((a, b) => a - b);
  const all = arrivals.reduce((sum, one) => sum + one.instructions, 0);
  const heap: Facts =
    outcome?.kind === 'gc'
      ? {
          ...{ freed: outcome.freed_objects, objects: outcome.objects },
          ...{ before: outcome.before, left: outcome.after, mark: outcome.mark, sweep: outcome.sweep },
        }
      : {};
  return {
    ...{ reason, ttsp, lost: wasted },
    ...{
      last: last?.kind ?? null,
      worker: stragglers[0]?.worker ?? null,
      function: last?.function ?? null,
      line: last?.line ?? null,
    },
    cause: causes[0]?.kind ?? null,
    executed: counted.length > 0 ? Math.max(...counted) : null,
    polled: awaited.filter(({ site }) => site?.line).length,
    blocked: arrivals.filter(({ standing }) => standing === 'blocked').length,
    ran,
    rate: ran > 0 ? all / (ran / 1e6) : null,
    lines: `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}`,
    ...heap,
  };
}
