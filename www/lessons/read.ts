/** Reads a lesson or task: one Markdown file with front matter. `docs/tasks.md` describes it. */
import { Lexer } from 'marked';
import { MAX_WORKERS } from '../run/limits.ts';
import { LARGEST_EVERY } from '../run/policy.ts';
import { plainLines } from '../run/lines.ts';
import { LONGEST_LESSON } from '../app/brought.ts';
import { TaskError, parts, readCheck, whole } from './check.ts';
import { frontMatter } from './front-matter.ts';
import { strangers } from './said.ts';
import type { Token, Tokens } from 'marked';
import type { Does, Lesson, PollChange, Step } from './types.ts';

const KEYS = ['title', 'program', 'workers', 'polls', 'counted', 'start', 'tool'] as const;
const LINES = ['button', 'label', 'check', 'then', 'missed'] as const;
type Line = (typeof LINES)[number];

/**
 * @param id by which it is known to be done
 * @throws {TaskError} in words, with the place
 */
export function readLesson(given: string, id: string): Lesson {
  if (given.length > LONGEST_LESSON)
    throw new TaskError(`The lesson has more than ${LONGEST_LESSON} characters.`);
  const source = plainLines(given).replace(/^\ufeff/, '');
  const [front, body] = frontMatter('lesson', source, KEYS);
  const tokens = lexed(body);
  const list = tokens.filter((token): token is Tokens.List => token.type === 'list').find(isSteps);
  if (!list)
    throw new TaskError(
      'The lesson has no steps: expected a numbered list with "- check: ..." below each number.',
    );
  const code = tokens.find((token): token is Tokens.Code => token.type === 'code');
  const own = front.program === undefined ? (code ?? null) : null;
  const steps = list.items.map((item, i) => at(`Step ${i + 1}`, () => readStep(item)));
  steps.forEach(({ check }, i) => {
    if (check.against !== null && check.against > i)
      throw new TaskError(`Step ${i + 1}: against is ${check.against}; expected a step before it.`);
  });
  return {
    id,
    source,
    title: front.title ?? '',
    text: tokens.filter((token) => token !== list && token !== own && token.type !== 'space'),
    steps,
    program: front.program ?? null,
    code: own && `${own.text}\n`,
    workers: front.workers === undefined ? 4 : at('workers', () => workersOf(front.workers ?? '')),
    polls: at('polls', () => pollsOf(parts(front.polls ?? ''))),
    counted: oneOf('counted', front.counted ?? 'yes', ['yes', 'no']) === 'yes',
    waits: oneOf('start', front.start ?? 'run', ['run', 'wait']) === 'wait',
    stepped: front.tool !== undefined && oneOf('tool', front.tool, ['protocol']) === 'protocol',
  };
}

/** @throws {TaskError} where the reading of lists in lists has no end that the browser's stack can hold */
function lexed(body: string): Token[] {
  try {
    return new Lexer({ gfm: true }).lex(body);
  } catch {
    throw new TaskError('The lesson cannot be read: its lists or quotes are nested too deeply.');
  }
}

/** Says in which part of the file something is wrong. */
function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof TaskError) throw new TaskError(`${place}: ${thrown.message}.`);
    throw thrown;
  }
}

export function oneOf(key: string, value: string, choices: string[]) {
  if (choices.includes(value)) return value;
  throw new TaskError(`${key} is "${value}"; expected ${choices.join(' or ')}.`);
}

function workersOf(value: string) {
  const workers = whole('it', value);
  if (workers >= 1 && workers <= MAX_WORKERS) return workers;
  throw new TaskError(`it is ${workers}; expected 1 to ${MAX_WORKERS}`);
}

/** In the words of the assembler's `.poll`. */
export function pollsOf(words: string[]): PollChange[] {
  return words.map((given) => {
    const [, site, on] = /^(calls|back-edges|allocations|awaits|all)\s+(on|off)$/.exec(given) ?? [];
    if (site) return { site: site as Exclude<PollChange['site'], 'every'>, value: on === 'on' };
    const [, every] = /^every\s+(\d{1,6})$/.exec(given) ?? [];
    if (every && Number(every) >= 1 && Number(every) <= LARGEST_EVERY)
      return { site: 'every', value: Number(every) };
    throw new TaskError(
      `"${given}"; expected calls, back-edges, allocations, awaits or all with on or off, or every with 1 to ${LARGEST_EVERY}`,
    );
  });
}

const isSteps = ({ items }: Tokens.List) =>
  items.some((item) => linesOf(item).some(({ key }) => key === 'check'));

/** The lines below a step. */
function linesOf({ tokens }: Tokens.ListItem): { key: string; value: string; text: string }[] {
  const below = tokens.find((token): token is Tokens.List => token.type === 'list');
  return (below?.items ?? []).map(({ text }) => {
    const [, key = '', value = ''] = /^([a-z]+):\s*(.*)$/s.exec(text.trim()) ?? [];
    return { key, value: value.replace(/\s*\n\s*/g, ' '), text };
  });
}

function readStep(item: Tokens.ListItem): Step {
  const given: Partial<Record<Line, string>> = {};
  for (const { key, value, text } of linesOf(item)) {
    const known = LINES.find((name) => name === key);
    if (!known) throw new TaskError(`"- ${text}"; expected one of ${LINES.join(', ')}, a colon and a value`);
    if (given[known] !== undefined) throw new TaskError(`it has two lines "${known}"`);
    given[known] = value;
  }
  if (given.check === undefined) throw new TaskError('it has no line "- check: ..."');
  for (const text of [given.then, given.missed]) {
    const [strange] = strangers(text ?? '').filter((name) => name !== 'compared');
    if (strange) throw new TaskError(`{${strange}} is no fact; docs/tasks.html lists them`);
  }
  const button = given.button === undefined ? null : buttonOf(given.button, given.label);
  if (given.label !== undefined && !button) throw new TaskError('it has a label, and no button');
  const text = item.tokens.filter(({ type }: Token) => type !== 'list').map(({ raw }: Token) => raw);
  return {
    text: text.join('').trim(),
    button,
    check: readCheck(given.check),
    then: given.then ?? '',
    missed: given.missed ?? '',
  };
}

/** What the buttons of steps are called, and what can be said of them. */
const BUTTONS = {
  stop: { label: 'Stop the world', options: ['reason'] },
  resume: { label: 'Resume', options: [] },
  snapshot: { label: 'Take a snapshot', options: [] },
  restore: { label: 'Go on from the snapshot', options: ['workers'] },
  run: { label: 'Run it', options: ['polls', 'then'] },
  protocol: { label: 'Run the broken protocol', options: [] },
} as const;

function buttonOf(text: string, label: string | undefined): NonNullable<Step['button']> {
  const [name = '', ...rest] = parts(text);
  if (!Object.hasOwn(BUTTONS, name))
    throw new TaskError(`there is no button "${name}"; expected one of ${Object.keys(BUTTONS).join(', ')}`);
  const kind = BUTTONS[name as keyof typeof BUTTONS];
  const given = rest.map((part): [string, string] => {
    const [, key = '', value = ''] = /^([a-z]+)\s*=\s*(.+)$/.exec(part) ?? [];
    if (!(kind.options as readonly string[]).includes(key))
      throw new TaskError(
        `"${part}" says nothing to the button "${name}"; expected ${kind.options.join(', ') || 'nothing more'}`,
      );
    return [key, value];
  });
  const one = (key: string) => given.find(([other]) => other === key)?.[1];
  return { label: label ?? kind.label, ...does(name as keyof typeof BUTTONS, one, given) };
}

function does(
  name: keyof typeof BUTTONS,
  one: (key: string) => string | undefined,
  given: [string, string][],
): Does {
  switch (name) {
    case 'stop': {
      const reason = one('reason') ?? 'gc';
      if (reason !== 'gc' && reason !== 'snapshot' && reason !== 'debug')
        throw new TaskError(`reason is "${reason}"; expected gc, snapshot or debug`);
      return { does: 'stop', reason };
    }
    case 'restore':
      return { does: 'restore', workers: workersOf(one('workers') ?? '2') };
    case 'run': {
      const then = one('then');
      if (then !== undefined && then !== 'stop') throw new TaskError(`then is "${then}"; expected stop`);
      const polls = pollsOf(given.flatMap(([key, value]) => (key === 'polls' ? [value] : [])));
      return { does: 'run', polls, stop: then === 'stop' };
    }
    default:
      return { does: name };
  }
}
