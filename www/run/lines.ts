/** A text with the line ends that an editor has, whatever it was written with. */
export function plainLines(text: string) {
  return text.replace(/\r\n?/g, '\n');
}
