/** The lessons: what each says, asks for, and takes for done. Only what has happened counts. */
import { bytes, count, duration, plural } from '../words/format.ts';
import { EVERYWHERE } from '../run/policy.ts';
import { TELLABLE } from '../run/run-summary.ts';
import { NOTICED } from './types.ts';
import type { Lesson, Memory, Seen } from './types.ts';
import type { Pause } from '../run/types.ts';

/** Pauses that a worker must have been last in before it is said to be the late one. */
const ENOUGH = 3;
/** A rate over a shorter time is chance, microseconds. */
const MEASURED = 1e6;
/** Turns without a poll that make a difference. */
const SPARSE = 1000;
/** What the program of the snapshot has to end with. */
export const TURNS = '1200';
const RESTORED_WORKERS = 2;

/** @param steps that are done by now */
const seen = (steps: number, text: string = ''): Seen => ({ steps, text });
/** All steps are. */
const done = (text: string) => seen(Infinity, text);

/** A pause that the reader requested. */
const asked = (pause: Pause) => pause.by === 'page';

const others = (pause: Pause) => plural(pause.arrivals.length - 1, 'other worker');

const allWorkers = ({ arrivals: { length } }: Pause) =>
  ['No worker', 'The only worker', 'Both workers'][length] ?? `All ${length} workers`;

const STOP = { label: 'Stop the world', does: 'stop' as const };
const RUNS = { text: 'The program runs.' };

export const LESSONS: Lesson[] = [
  {
    id: 'safepoint',
    title: 'What a safepoint is',
    text: [
      'Sometimes a virtual machine needs all its threads to stand still, for example to look for memory that is no longer used. It cannot stop them just anywhere: a thread might be in the middle of something. So each thread, here called a worker, checks at certain places whether it should stop. This check is a [poll]; a place where a worker can stop is a [safepoint].',
    ],
    steps: [
      RUNS,
      { text: 'Stop the world. Every worker runs on to its next poll and stops there.', button: STOP },
      { text: 'Let all workers go on.', button: { label: 'Resume', does: 'resume' } },
    ],
    program: 'Busy loops',
    see(event, memory, step) {
      if (event.kind === 'run') return seen(1);
      if (event.kind === 'resumed' && memory.said) return done(memory.said);
      if (event.kind !== 'pause' || !asked(event.pause) || event.pause.reason !== 'gc') return null;
      const { pause } = event;
      const polled = pause.arrivals.filter(({ safe, site }) => !safe && site?.line);
      if (polled.length === 0) return null;
      const lines = [...new Set(polled.map(({ site }) => site?.line))].sort((a, b) => Number(a) - Number(b));
      const where = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}`;
      memory.said = `${allWorkers(pause)} stood still ${duration(pause.ttsp, step)} after they were asked to stop: ${polled.length} of them at a poll in ${where}.`;
      return seen(2, `${memory.said} Nothing runs until you let it.`);
    },
  },
  {
    id: 'late',
    title: 'Who is late',
    text: [
      'The world is stopped when the last worker has stopped. All others stand still until then and get nothing done. The time until then is the [time to safepoint], and the last worker is the [straggler].',
      'Here three tasks poll at every turn. The fourth copies an array of a million elements in one instruction.',
    ],
    steps: [
      RUNS,
      { text: 'Stop the world, and look which worker is last, and where.', button: STOP },
      { text: 'Once more. Chance decides whether a stop hits the copy.', button: STOP },
      { text: 'And once more.', button: STOP },
    ],
    program: 'A long copy',
    see(event, memory, step) {
      if (event.kind === 'run') Object.assign(memory, { late: [], missed: 0 });
      if (event.kind === 'run') return seen(1);
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { pause } = event;
      const [last] = pause.stragglers;
      const late = (memory.late ??= []) as Pause[];
      const isHit = last?.site?.kind === 'bulk';
      if (isHit) late.push(pause);
      else memory.missed = (memory.missed ?? 0) + 1;
      const score = `${late.length} of ${ENOUGH} seen${memory.missed ? ` · ${memory.missed} missed` : ''}`;
      if (!isHit)
        return seen(
          1 + late.length,
          `${score}. This time no worker was in the middle of a copy: stop again.`,
        );
      if (late.length < ENOUGH) return seen(1 + late.length, `${score}. ${pause.sentence}`);
      const longest = Math.max(...late.map(({ ttsp }) => ttsp));
      const wasted = late.reduce((sum, one) => sum + one.wasted, 0);
      return done(
        `${late.length} times the other workers waited for the copy (${last.site?.text}), up to ${duration(longest, step)}. In these pauses they lost ${duration(wasted, step)} of work together.`,
      );
    },
  },
  {
    id: 'no-poll',
    title: 'The loop without a poll',
    text: [
      'A loop in which nothing polls cannot be stopped from outside. It does nothing expensive: it only never checks. Compilers leave out polls to make programs faster, and this is the price.',
      'In this program three tasks poll when they call a function. The fourth one only jumps back, and jumps do not poll here.',
    ],
    steps: [
      { text: 'Stop the world, and watch for a second or two which worker does not arrive.', button: STOP },
      {
        text: 'It will not come. Take the request back.',
        button: { label: 'Take back', does: 'resume' },
      },
      {
        text: 'Cure it: have backward jumps poll, and stop the same program again.',
        button: { label: 'Poll at back-edges, run and stop', does: 'poll', policy: EVERYWHERE, stop: true },
      },
    ],
    program: 'one-loop-without-a-poll',
    see(event, memory, step) {
      if (event.kind === 'run') memory.cured = event.policy.back_edges;
      if (event.kind === 'pause' && memory.vain && memory.cured && asked(event.pause))
        return done(
          `${memory.vain} With polls at back-edges the same program stopped after ${duration(event.pause.ttsp, step)}.`,
        );
      if (event.kind === 'awaited') {
        const [first] = event.awaiting.workers;
        return seen(
          1,
          `Worker ${first?.worker} does not arrive, and all others stand still and wait for it.`,
        );
      }
      if (event.kind !== 'in-vain') return null;
      const { waited, absent, workers, program } = event;
      const endless = program.bounds.find(({ instructions }) => instructions === null);
      if (absent === 0 || !endless) return null;
      if (waited < NOTICED * 1000)
        return seen(0, 'That was quick. Stop again, and wait for a second at least.');
      const line = endless.line === null ? '' : `, line ${endless.line}`;
      memory.vain = `For ${duration(waited, step)} ${workers - absent} of ${plural(workers, 'worker')} stood still for nothing: ${absent === 1 ? 'one' : absent} never arrived.`;
      return seen(
        2,
        `${memory.vain} The program shows this before it runs: the longest path without a poll is unbounded in ${endless.function}${line}.`,
      );
    },
  },
  {
    id: 'blocked',
    title: 'Blocked is not running',
    text: [
      'A worker that waits for a file or for the network cannot poll. A pause need not wait for it if the worker says before: "I touch nothing of the machine until I am back." That is a [safe region]. A worker in it counts as stopped, and cannot leave it before the pause is over.',
      'Here two tasks block for half a second at a time.',
    ],
    steps: [RUNS, { text: 'Stop the world: the pause does not wait for the blocked workers.', button: STOP }],
    program: 'Blocked inside a safe region',
    see(event, _memory, step) {
      if (event.kind === 'run') return seen(1);
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { pause } = event;
      const away = pause.arrivals.filter(({ standing }) => standing === 'blocked');
      if (away.length === 0) return seen(1, 'Just now no worker was blocked: stop again.');
      const who = away.map(({ worker }) => `worker ${worker}`).join(' and ');
      return done(
        `The world stood still after ${duration(pause.ttsp, step)}, although ${who} ${away.length === 1 ? 'was' : 'were'} blocked for up to 500 ms (${away[0]?.site?.text}). Blocked inside a safe region counts as stopped.`,
      );
    },
  },
  {
    id: 'collection',
    title: 'A collection',
    text: [
      'Programs make objects and forget them. A garbage collection finds the objects that can still be reached (it marks them) and takes back the rest (it sweeps). While it looks, no worker may change a reference: this is why the world is stopped.',
    ],
    steps: [RUNS, { text: 'Stop the world, and compare the heap before and after.', button: STOP }],
    program: 'A list that stays',
    see(event, _memory, step) {
      if (event.kind === 'run') return seen(1);
      if (event.kind !== 'pause' || !asked(event.pause)) return null;
      const { outcome } = event.pause;
      if (outcome?.kind !== 'gc') return null;
      if (outcome.freed_objects === 0)
        return seen(1, 'Nothing was garbage just now. Resume, wait a moment, and stop again.');
      return done(
        `Before: ${bytes(outcome.before)} in ${count(outcome.objects)} objects. After: ${bytes(outcome.after)} in ${count(outcome.live_objects)}. ${count(outcome.freed_objects)} objects were garbage. Marking took ${duration(outcome.mark, step)}, sweeping ${duration(outcome.sweep, step)}; during that time the program did not run.`,
      );
    },
  },
  {
    id: 'snapshot',
    title: 'A snapshot is a consistent cut',
    text: [
      'While all workers stand still, the whole state can be written down: every task with its stack, every object, every mutex with the task that holds it. Nothing is half done in it, so the program can go on from there, also with other workers.',
      `This program counts its turns and has to end with ${TURNS}. If the snapshot lost a turn or had one twice, it would end with another number.`,
    ],
    steps: [
      {
        text: 'Take a snapshot while it runs.',
        button: { label: 'Take a snapshot', does: 'snapshot' },
      },
      {
        text: 'Go on from it. The stopped program is given up.',
        button: {
          label: `Go on from the snapshot with ${plural(RESTORED_WORKERS, 'worker')}`,
          does: 'restore',
          workers: RESTORED_WORKERS,
        },
      },
      { text: 'Wait for the end.' },
    ],
    program: 'counted-turns',
    see(event, memory) {
      switch (event.kind) {
        case 'run':
          memory.restored = false;
          return null;
        case 'pause':
          return asked(event.pause) && event.pause.reason === 'snapshot' && event.pause.total !== null
            ? seen(0, 'The snapshot is gone: tick "keep stopped" in the run settings, then take another.')
            : null;
        case 'snapshot': {
          const { description } = event;
          const { task_count: tasks, objects } = description;
          Object.assign(memory, { bytes: event.bytes, size: event.bytes.length, tasks });
          return seen(
            1,
            `The snapshot is taken: ${bytes(event.bytes.length)} with ${plural(tasks, 'task')} and ${plural(objects, 'object')}.`,
          );
        }
        case 'restored':
          memory.restored = true;
          return seen(2, `It goes on from the snapshot with ${plural(event.workers, 'worker')}.`);
        case 'finished': {
          const { result, trap } = event.finished;
          if (trap || result === null) return null;
          if (!memory.restored) return seen(0, `It ended with ${result}, without a snapshot. Run it again.`);
          if (result !== TURNS)
            return seen(2, `It ended with ${result} and not with ${TURNS}: that is a mistake in the lab.`);
          return done(
            `It ended with ${result}. The snapshot of ${bytes(memory.size)} held ${plural(memory.tasks, 'task')} in the middle of their work; no turn was lost and none was counted twice.`,
          );
        }
        default:
          return null;
      }
    },
  },
  {
    id: 'breakpoint',
    title: 'A breakpoint stops all workers',
    text: [
      'A debugger uses the same mechanism. A worker that comes to a breakpoint stops there and asks all others to stop, so that you see one moment of the whole program.',
    ],
    steps: [
      RUNS,
      {
        text: 'Click on line number 20 in the program (or put the text cursor there and press F9).',
      },
    ],
    program: 'Busy loops',
    see(event, _memory, step) {
      if (event.kind === 'run') return seen(1);
      if (event.kind !== 'pause' || event.pause.halt?.why !== 'breakpoint') return null;
      const { pause } = event;
      const { halt } = event.pause;
      const line = halt.line === null ? halt.function : `line ${halt.line}`;
      return done(
        `Worker ${halt.worker} came to ${line} with task ${halt.task} and stopped. ${others(pause)} stopped within ${duration(pause.ttsp, step)}, wherever they were. Under Tasks one task can be stepped alone; click the line again and resume to let them all go.`,
      );
    },
  },
  {
    id: 'cost',
    title: 'What a poll costs',
    text: [
      'A poll is one read of memory and one jump that is hardly ever taken. In a loop as small as this one even that can be seen. With fewer polls the loop is faster, but a pause waits longer. Usually the page also counts every poll, for the figures beside the text, which costs more; in this lesson it does not.',
    ],
    steps: [
      { text: 'It polls at every turn. Let it run for a second, then stop it.', button: STOP },
      {
        text: `Run it with one poll in ${SPARSE} turns.`,
        button: {
          ...{ label: `Run with one poll in ${SPARSE}`, does: 'poll' as const, stop: false },
          policy: { ...EVERYWHERE, every: SPARSE },
        },
      },
      { text: 'Let it run for a second, then stop it.', button: STOP },
    ],
    program: 'Busy loops',
    uncounted: true,
    see(event, memory, step) {
      memory.runs ??= {};
      const { runs } = memory;
      if (event.kind === 'run') {
        const { back_edges: polls, every } = event.policy;
        memory.every = polls && !event.counted ? every : null;
        if (event.counted)
          return seen(
            0,
            'The polls of this run are counted, which costs more: run the lesson’s program again.',
          );
        return runs.often && every >= SPARSE ? seen(2) : null;
      }
      if (event.kind !== 'pause' || !asked(event.pause) || !memory.every) return null;
      return measured(event.pause, event.ran, memory, step);
    },
  },
  {
    id: 'wrong',
    title: 'How the protocol can go wrong',
    text: [
      'It looks simple: the requester sets a flag, every worker that sees it waits for the others at a barrier, and the requester goes on when all are counted in. This is that protocol, written in JavaScript and run in two worker threads of its own. It is not the protocol of the lab, and its threads run no bytecode.',
      'The mistake: the barrier opens when the last worker has come, and not when the operation is done. Beside this text you can go through it step by step, and also through the protocol of this lab with one line changed.',
    ],
    steps: [
      {
        text: 'Run it, and see what the workers do in the world that the requester takes for stopped.',
        button: { label: 'Run the broken protocol', does: 'break-protocol' },
      },
    ],
    program: null,
    stepped: true,
    see(event) {
      if (event.kind !== 'observed') return null;
      const { workers, sawAll, steps, held, safepoints } = event.observed;
      const often = `One request was counted as ${plural(safepoints, 'stop').replace(/\d+/, count(safepoints))} where ${workers} would be right`;
      if (sawAll && steps > 0)
        return done(
          `The requester saw all ${workers} workers at the barrier and took the world for stopped. In the next ${duration(held, 1000)} they made ${count(steps)} steps. ${often}. Stop any program here: the instruction counts stand still.`,
        );
      if (!sawAll && safepoints > workers)
        return done(
          `The requester never saw all ${workers} workers at the barrier at once: the count it waits for was only passing through. ${often}. Run it again to see another way in which it fails.`,
        );
      return seen(0, 'This time it happened to work. That makes such mistakes hard to find. Run it again.');
    },
  },
];

/** One of the two runs that show what polls cost. */
function measured(pause: Pause, ran: number, memory: Memory, step: number): Seen {
  const { runs, every } = memory;
  if (ran < MEASURED)
    return seen(0, 'It ran for less than a second. Resume, wait for a second, then stop again.');
  const instructions = pause.arrivals.reduce((sum, one) => sum + one.instructions, 0);
  const rate = instructions / (ran / 1e6);
  const which = every === 1 ? 'often' : every >= SPARSE / 10 ? 'seldom' : null;
  if (!which) return seen(0, `With one poll in ${every} turns there is little to see. Take ${SPARSE}.`);
  runs[which] = { rate, ttsp: pause.ttsp, every };
  const { often, seldom } = runs;
  const said = `${count(rate)} instructions a second, and the pause came after ${duration(pause.ttsp, step)}`;
  if (!often)
    return seen(0, `With one poll in ${every} turns: ${said}. Now the same with a poll at every turn.`);
  if (!seldom) return seen(1, `With a poll at every turn: ${said}.`);
  const gain = seldom.rate / often.rate - 1;
  const verdict =
    gain / (1 + gain) >= TELLABLE
      ? `So in this loop, in this interpreter, the polls cost about ${Math.round((gain / (1 + gain)) * 100)} % of the work.`
      : `So here the two cannot be told apart: two runs differ by up to ${TELLABLE * 100} % anyway.`;
  return done(
    `With a poll at every turn: ${count(often.rate)} instructions a second, stopped after ${duration(often.ttsp, step)}. With one in ${seldom.every}: ${count(seldom.rate)} a second, stopped after ${duration(seldom.ttsp, step)}. ${verdict} Each was measured once: Compare measures by turns.`,
  );
}
