/** In which language a program is written: the engine's rule, see docs/typescript.md. */
export function isAssembler(text: string): boolean {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const first = lines.map((line) => line.trim()).find((line) => line !== '' && !line.startsWith(';'));
  return first === undefined || first.startsWith('.');
}
