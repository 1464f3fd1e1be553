/** What is saved of a run: its pauses as a table for other programs, and everything as one record. */

/** @typedef {import('../engine/types.js').Pause} Pause */
/** @typedef {import('../engine/types.js').Stats} Stats */

/** Columns of the table; durations and instants in microseconds. @type {[string, (pause: Pause) => string | number | boolean | null][]} */
const COLUMNS = [
  ['pause', (pause) => pause.id],
  ['reason', (pause) => pause.reason],
  ['asked_by', (pause) => pause.by],
  ['ended', (pause) => pause.ended],
  ['at_us', (pause) => pause.at],
  ['queue_us', (pause) => pause.queue],
  ['time_to_safepoint_us', (pause) => pause.ttsp],
  ['noticing_us', (pause) => pause.noticing],
  ['operation_us', (pause) => pause.operation],
  ['held_us', (pause) => pause.held],
  ['release_us', (pause) => pause.release],
  ['resuming_us', (pause) => pause.resuming],
  ['total_us', (pause) => pause.total],
  ['wasted_us', (pause) => pause.wasted],
  ['last_worker', (pause) => pause.stragglers[0]?.worker ?? null],
  ['last_at', (pause) => pause.stragglers[0]?.site?.text ?? null],
  ['heap_before_bytes', (pause) => (pause.outcome?.kind === 'gc' ? pause.outcome.before : null)],
  ['heap_after_bytes', (pause) => (pause.outcome?.kind === 'gc' ? pause.outcome.after : null)],
  ['page_hidden', (pause) => pause.hidden],
];

/**
 * As RFC 4180 has it, with a line of names.
 *
 * @param {Pause[]} pauses
 */
export function pausesCsv(pauses) {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...pauses.map((pause) => COLUMNS.map(([, value]) => value(pause))),
  ];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** @param {string | number | boolean | null} value */
function field(value) {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @param {object} run
 * @param {import('../engine/types.js').Program | null} run.program
 * @param {number} run.workers
 * @param {import('../engine/types.js').PollPolicy | null} run.policy
 * @param {number} run.cores
 * @param {number} run.clockStep
 * @param {string} run.browser
 * @param {Stats} run.stats
 * @param {Pause[]} run.pauses
 */
export function reportJson({ program, workers, policy, cores, clockStep, browser, stats, pauses }) {
  const report = {
    about: 'Safepoint Lab; times and durations in microseconds, instants since the start of the engine',
    program: program && { name: program.name, source: program.source, bounds: program.bounds },
    workers,
    policy: policy ?? program?.policy ?? null,
    cores,
    clockStep,
    browser,
    stats,
    pauses,
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}
