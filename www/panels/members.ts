/** What stands behind a dot in TypeScript, for completion; the compiler has the same (docs/typescript.md). */

/** Of what JavaScript brings with it by name. */
export const STATIC: Record<string, string[]> = {
  Array: ['from'],
  Math: words(
    'abs ceil floor imul max min pow round sign sqrt trunc PI E LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2',
  ),
  Number: words(
    'isFinite isInteger isNaN isSafeInteger EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NaN ' +
      'NEGATIVE_INFINITY POSITIVE_INFINITY',
  ),
  console: ['log'],
};

/** Of values, by what they are. */
export const OF_VALUES: Record<string, string[]> = {
  arrays: words(
    'at concat every fill filter find findIndex forEach includes indexOf join lastIndexOf length map pop push reduce ' +
      'reverse shift slice some sort splice unshift',
  ),
  strings: words(
    'charAt charCodeAt endsWith includes indexOf length padEnd padStart repeat slice split startsWith substring ' +
      'toLowerCase toUpperCase trim',
  ),
  numbers: words('toFixed toString'),
};

export const OF_OTHERS = { message: 'Error', lock: 'Mutex', unlock: 'Mutex' };

function words(all: string) {
  return all.split(' ');
}
