console.log('a', 1, true, null, undefined);
console.log(-0, 0, 0 * -1, 1.5, 'x');
console.log();
