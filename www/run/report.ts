/** What is saved of a run: its pauses as a table for other programs, and everything as one record. */
import { REASONS } from './columns.ts';
import { carried } from './percentiles.ts';
import type { Pause, PollPolicy, Program, ReasonStats, Stats } from './types.ts';

/** Columns of the table; durations and instants in microseconds. */
const COLUMNS: [string, (pause: Pause) => string | number | boolean | null][] = [
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
  ['program', (pause) => pause.program?.why ?? null],
  ['program_at', (pause) => pause.program?.site.text ?? null],
];

/** As RFC 4180 has it, with a line of names. */
export function pausesCsv(pauses: Pause[]) {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...pauses.map((pause) => COLUMNS.map(([, value]) => value(pause))),
  ];
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | boolean | null) {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Percentiles that so few pauses do not carry are null. */
function figuresOf({ count, ...parts }: ReasonStats) {
  const known = Object.entries(parts).map(([part, figures]) => [part, figures && carried(count, figures)]);
  return { count, ...Object.fromEntries(known) };
}

export function reportJson({
  program,
  workers,
  policy,
  cores,
  clockStep,
  browser,
  stats,
  pauses,
}: {
  program: Program | null;
  workers: number;
  policy: PollPolicy | null;
  cores: number;
  clockStep: number;
  browser: string;
  stats: Stats;
  pauses: Pause[];
}) {
  const report = {
    about: 'Safepoint Lab; times and durations in microseconds, instants since the start of the engine',
    program: program && { name: program.name, source: program.source, bounds: program.bounds },
    workers,
    policy: policy ?? program?.policy ?? null,
    cores,
    clockStep,
    browser,
    stats: { ...stats, ...Object.fromEntries(REASONS.map((reason) => [reason, figuresOf(stats[reason])])) },
    pauses,
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}
