/** What a recorded run says of itself: that it is not live, when and where it was recorded, what is not in it. */
import { plural } from './format.ts';
import type { RecordedRun } from '../run/recorded.ts';

/** @returns `missing` is empty when nothing is */
export function recordedText({
  begun,
  browser,
  workers,
  cores,
  excerpt,
  selected,
  how,
  missing,
}: RecordedRun): { mark: string; facts: string; missing: string } {
  const facts = [
    when(begun),
    browserName(browser),
    `${plural(workers, 'worker')} on ${plural(cores, 'core')}`,
    how === 'running' ? 'it ran on afterwards' : '',
    how === 'failed' ? 'it ended with a crash' : '',
  ];
  const left = excerpt
    ? [`only what happened around pause ${selected} is in it`]
    : [
        missing.pauses > 0 ? plural(missing.pauses, 'earlier pause') : '',
        missing.events > 0 ? plural(missing.events, 'earlier event') : '',
        missing.tasks > 0 ? `${plural(missing.tasks, 'task')} of debug pauses` : '',
        missing.characters > 0 ? `${plural(missing.characters, 'character')} of the output` : '',
      ].filter(Boolean);
  const bytecode = missing.instructions > 0 ? 'the bytecode is not in it' : '';
  const said = excerpt ? left : left.length > 0 ? [`not in it: ${left.join(', ')}`] : [];
  return {
    mark: 'Recorded, not live',
    facts: facts.filter(Boolean).join(' · '),
    missing: [...said, bytecode].filter(Boolean).join('; '),
  };
}

function when(begun: number) {
  return new Date(begun).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}

/** Browsers by what only they say, others first that say it, too. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** Name, version and system, from what a browser says of itself. */
export function browserName(agent: string) {
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  for (const [pattern, name] of BROWSERS) {
    const [, version] = pattern.exec(agent) ?? [];
    if (version) return `${name} ${version}${system ? ` on ${system}` : ''}`;
  }
  return agent.slice(0, 60) || 'an unknown browser';
}
