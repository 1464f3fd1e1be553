/** What the compiler and the formatter do not see: promises whose failure is lost, cases that nothing handles. */
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

/** node:test runs what it is given and reports it itself; its promise need not be awaited. */
const TESTS = { from: 'package', package: 'node:test', name: ['test', 'suite', 'describe', 'it'] };

/** Folders of the page from the ground up: none imports from those after it. */
const FLOORS = ['run', 'words', 'engine', 'draw', 'app', 'lessons', 'panels'];

/** @param {string} folder @param {number} floor @returns {import('eslint').Linter.Config} */
function downwards(folder, floor) {
  const above = FLOORS.slice(floor + 1).map((name) => `**/${name}/**`);
  const message = `www/${folder} stands below: move what it needs down.`;
  return {
    files: [`www/${folder}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: above, message }] }] },
  };
}

export default defineConfig(
  {
    ignores: [
      'target',
      'dist',
      'pkg',
      'coverage',
      '.cache',
      'bench/programs',
      'tests/typescript/programs',
      'www/examples',
      'www/lessons/programs',
      'www/famous',
      'crates',
    ],
  },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [TESTS] }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `{ unwanted, ...rest }` leaves a property out; a name with `_` says what a parameter would be.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      // A promise may be rejected with what was caught, or with the reason of a signal.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // An async function without `await` turns what it throws into a rejection, as its callers expect.
      '@typescript-eslint/require-await': 'off',
      // The values of JSON, messages and pages under test are `any` until they are checked, field by field; the
      // rules on `any` cannot see these checks, nor what JSDoc says.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // The compiler knows what is defined.
      'no-undef': 'off',
    },
  },
  ...FLOORS.slice(0, -1).map(downwards),
);
