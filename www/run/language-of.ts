/**
 * In which language a program is written: the rule of `crates/language`, see docs/typescript.md.
 *
 * @param lines of its text, of which no more are read than it takes
 */
export function isAssembler(lines: Iterable<string>): boolean {
  for (const line of lines) {
    const code = line.replace('\ufeff', '').trimStart();
    if (code !== '' && !code.startsWith(';')) return code.startsWith('.');
  }
  return true;
}
