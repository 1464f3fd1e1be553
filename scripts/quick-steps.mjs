/** The steps of `npm test -- --quick`: what finds most mistakes within three minutes, while one works. */
import { CARGO } from './test-counts.mjs';
import { RUST_INPUTS, SHORT_TESTS } from './test-inputs.mjs';
import { STEPS, nativeCargo, pageTests } from './test-steps.mjs';

/** @typedef {import('./test-steps.mjs').Step} Step */

/** @param {string} name */
const everyday = (name) => /** @type {Step} */ (STEPS.find((step) => step.name === name));

/** @type {Step[]} */
export const QUICK_STEPS = [
  ...['format', 'types', 'lint', 'modules', 'rustfmt', 'clippy'].map(everyday),
  {
    name: 'rust-quick',
    what: 'Rust tests, native, but the longest',
    inputs: RUST_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: () => nativeCargo('test', ['--workspace', '--no-fail-fast', ...SHORT_TESTS]),
  },
  {
    ...everyday('page'),
    name: 'page-quick',
    what: 'the page in Chrome, the tests with the tag @quick',
    prepare: () => pageTests('--grep', '@quick'),
  },
];
