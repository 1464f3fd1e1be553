/** Reads a famous pause: one Markdown file with its history, and a program before and after its cure. */
import { Lexer } from 'marked';
import { MAX_WORKERS } from '../run/limits.ts';
import { TaskError, parts, whole } from './check.ts';
import { frontMatter } from './front-matter.ts';
import { oneOf, pollsOf } from './read.ts';
import type { Token } from 'marked';
import type { CauseKind, Reason } from '../run/types.ts';
import type { PollChange } from './types.ts';

const KEYS = [
  ...(['title', 'runtime', 'source', 'link'] as const),
  ...(['workers', 'polls', 'press', 'cured-workers', 'cured-polls', 'cured-press'] as const),
  ...(['shows', 'waits', 'line', 'compare', 'ratio'] as const),
];
type Key = (typeof KEYS)[number];

/** What makes a worker late, or what else a stop shows: nothing is wrong with the way to it. */
const CAUSES = [
  ...(['unpolled-loop', 'unpolled-recursion', 'long-instruction', 'long-path'] as const),
  ...(['blocked', 'no-processor'] as const),
] satisfies CauseKind[];
const ELSE = ['safe-region', 'asked', 'operation'] as const;

/**
 * A cause of lateness; `safe-region`: all workers are blocked inside of one; `asked`: a worker asked for the stop itself;
 * `operation`: most of the time was spent in the stopped world.
 */
export type Shows = (typeof CAUSES)[number] | (typeof ELSE)[number];

/**
 * What the cure makes smaller. `lost`: by the workers that waited, together; `executed`: instructions since the last poll; `wait`: how long ready tasks waited for a
 * worker; `stood`: the share of the run in which the world stood still; `stops`: how many stops there were a second.
 */
export const COMPARED = ['ttsp', 'lost', 'executed', 'operation', 'wait', 'stood', 'stops'] as const;
export type Compared = (typeof COMPARED)[number];

/** A run, before the cure or after it. */
export interface Half {
  /** What is to be seen, or why the cure works. */
  text: Token[];
  program: string;
  /** For each processor of the machine, or in all. */
  workers: { count: number; each: boolean };
  polls: PollChange[];
  /** As the file says it. */
  pollsSaid: string;
  /** What the reader stops the world for; null where the program does that itself. */
  press: Reason | null;
}

export interface Famous {
  /** in addresses */
  name: string;
  title: string;
  runtime: string;
  /** the name of the public source of its history, and where that is */
  source: string;
  link: string;
  history: Token[];
  before: Half;
  after: Half;
  shows: Shows;
  /** Whether the stop never comes. */
  waits: boolean;
  /** of the program before, that is named as the place */
  line: number | null;
  compare: Compared;
  /** so many times smaller, at least */
  ratio: number;
}

/**
 * @param name in addresses
 * @param before the program
 * @param after the program; null where the cure is a setting alone
 * @throws {TaskError} in words, with the place
 */
export function readFamous(text: string, name: string, before: string, after: string | null): Famous {
  const [front, body] = frontMatter('famous pause', text, KEYS);
  const must = (key: Key) => {
    const value = front[key];
    if (!value) throw new TaskError(`${name} says nothing of "${key}".`);
    return value;
  };
  const [history, onBefore, onAfter] = sections(name, new Lexer({ gfm: true }).lex(body));
  const half = (program: string, about: Token[], prefix: '' | 'cured-'): Half => {
    const of = (key: 'workers' | 'polls' | 'press') => front[`${prefix}${key}`] ?? front[key];
    const press = oneOf('press', of('press') ?? 'gc', ['gc', 'snapshot', 'debug', 'none']);
    return {
      text: about,
      program,
      workers: workersOf(of('workers') ?? '4'),
      polls: pollsOf(parts(of('polls') ?? '')),
      pollsSaid: of('polls') ?? '',
      press: press === 'none' ? null : (press as Reason),
    };
  };
  return {
    ...{ name, title: must('title'), runtime: must('runtime'), source: must('source'), link: must('link') },
    ...{ history, before: half(before, onBefore, ''), after: half(after ?? before, onAfter, 'cured-') },
    shows: oneOf('shows', must('shows'), [...CAUSES, ...ELSE]) as Shows,
    waits: oneOf('waits', front.waits ?? 'no', ['yes', 'no']) === 'yes',
    line: front.line === undefined ? null : whole('line', front.line),
    compare: oneOf('compare', must('compare'), [...COMPARED]) as Compared,
    ratio: whole('ratio', must('ratio')),
  };
}

/** What stands before the first heading, under `## Before`, and under `## After`. */
function sections(name: string, tokens: Token[]): [Token[], Token[], Token[]] {
  const at = ['Before', 'After'].map((title) => {
    const index = tokens.findIndex((token) => token.type === 'heading' && token.text === title);
    if (index < 0) throw new TaskError(`${name} has no heading "## ${title}".`);
    return index;
  });
  const [before = 0, after = 0] = at;
  return [tokens.slice(0, before), tokens.slice(before + 1, after), tokens.slice(after + 1)];
}

/** `3`, or `8 a core`. */
function workersOf(text: string): Half['workers'] {
  const each = text.endsWith(' a core');
  return { count: whole('workers', each ? text.slice(0, -' a core'.length) : text), each };
}

export function workersOn({ count, each }: Half['workers'], cores: number) {
  return Math.min(MAX_WORKERS, each ? count * cores : count);
}
