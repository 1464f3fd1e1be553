/** Reads off what test runners print how many tests passed, failed and were skipped. */

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * `cargo test` and wasm-bindgen's runner: one `test result:` line for each binary.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function cargoCounts(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const match of output.matchAll(/^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
    counts.passed += Number(match[1]);
    counts.failed += Number(match[2]);
    counts.skipped += Number(match[3]);
  }
  return counts;
}

/**
 * What `cargo test` printed of the tests that failed: with many binaries it stands far from the end.
 *
 * @param {string} output
 * @returns {string} empty if no test failed
 */
export function cargoFailures(output) {
  const sections = output.matchAll(/^ {5}Running (.*)$|^failures:\n\n(----[^]*?)^failures:$/gm);
  let binary = '';
  const failures = [];
  for (const [, running, failed] of sections) {
    if (running) binary = running;
    else failures.push(`in ${binary}\n${failed?.trimEnd()}`);
  }
  return failures.join('\n\n');
}

/** How the output of a step that runs cargo is read. */
export const CARGO = { counts: cargoCounts, failures: cargoFailures };

/**
 * Node's own runner, whose last lines are `pass N`, `fail N` and so on behind a mark.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function nodeCounts(output) {
  /** @param {string} word */
  const last = (word) =>
    Number([...output.matchAll(new RegExp(`^\\S+ ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return {
    passed: last('pass'),
    failed: last('fail') + last('cancelled'),
    skipped: last('skipped') + last('todo'),
  };
}

/**
 * Vitest's summary: `Tests  1 failed | 2 passed | 1 skipped (4)`.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function vitestCounts(output) {
  const summary = [...output.matchAll(/^ +Tests {2}(.*)$/gm)].at(-1)?.[1] ?? '';
  /** @param {string} word */
  const of = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') + of('todo') };
}

/**
 * Playwright's list reporter. A test that passes only at a second try has failed.
 *
 * @param {string} output
 * @returns {Counts}
 */
export function playwrightCounts(output) {
  /** @param {string} word */
  const last = (word) =>
    Number([...output.matchAll(new RegExp(`^\\s+(\\d+) ${word}\\b`, 'gm'))].at(-1)?.[1] ?? 0);
  return {
    passed: last('passed'),
    failed: last('failed') + last('flaky') + last('interrupted') + last('did not run'),
    skipped: last('skipped'),
  };
}

/**
 * @param {Counts[]} all
 * @returns {Counts}
 */
export function total(all) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all) {
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  return sum;
}

/**
 * @param {Counts} counts
 * @returns {string} `N passed, N failed`, and `, N skipped` if there are any
 */
export function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
