/**
 * Methods of strings: the string is the first parameter. A sum of two strings copies both, so long ones are made of parts
 * of 256 pieces.
 */
function slice(text: string, from?: number, to?: number): string {
  const length = text.length;
  let begin = from === undefined || from !== from ? 0 : Math.trunc(from);
  let end = to === undefined ? length : to !== to ? 0 : Math.trunc(to);
  if (begin < 0) begin = begin + length < 0 ? 0 : begin + length;
  if (end < 0) end += length;
  if (end > length) end = length;
  let all = '';
  let part = '';
  for (let at = begin; at < end; at++) {
    part += text[at];
    if ((at & 255) === 255) {
      all += part;
      part = '';
    }
  }
  return all + part;
}

function substring(text: string, from: number, to?: number): string {
  const length = text.length;
  const begin = from !== from || from < 0 ? 0 : Math.trunc(from);
  const end = to === undefined ? length : to !== to || to < 0 ? 0 : Math.trunc(to);
  return begin > end ? text.slice(end, begin) : text.slice(begin, end);
}

function indexOf(text: string, wanted: string, from?: number): number {
  // A sum, so that it is never -0.
  const first = from === undefined || from !== from || from < 0 ? 0 : Math.trunc(from) + 0;
  if (wanted === '') return first > text.length ? text.length : first;
  const length = text.length;
  const size = wanted.length;
  for (let begin = first; begin + size <= length; begin++) {
    let at = 0;
    while (at < size && text.charCodeAt(begin + at) === wanted.charCodeAt(at)) at++;
    if (at === size) return begin;
  }
  return -1;
}

function includes(text: string, wanted: string): boolean {
  const length = text.length;
  const size = wanted.length;
  for (let begin = 0; begin + size <= length; begin++) {
    let at = 0;
    while (at < size && text.charCodeAt(begin + at) === wanted.charCodeAt(at)) at++;
    if (at === size) return true;
  }
  return false;
}

function startsWith(text: string, wanted: string): boolean {
  const size = wanted.length;
  if (size > text.length) return false;
  let at = 0;
  while (at < size && text.charCodeAt(at) === wanted.charCodeAt(at)) at++;
  return at === size;
}

function endsWith(text: string, wanted: string): boolean {
  const size = wanted.length;
  const begin = text.length - size;
  if (begin < 0) return false;
  let at = 0;
  while (at < size && text.charCodeAt(begin + at) === wanted.charCodeAt(at)) at++;
  return at === size;
}

function split(text: string, between: string): string[] {
  const parts: string[] = [];
  const length = text.length;
  const size = between.length;
  if (size === 0) {
    for (let at = 0; at < length; at++) parts.push(text[at]);
    return parts;
  }
  let part = '';
  let begin = 0;
  while (begin < length) {
    let at = 0;
    while (at < size && text.charCodeAt(begin + at) === between.charCodeAt(at)) at++;
    if (at === size) {
      parts.push(part);
      part = '';
      begin += size;
    } else {
      part += text[begin++];
    }
  }
  parts.push(part);
  return parts;
}

function repeat(text: string, times: number): string {
  const whole = Math.trunc(times);
  if (whole < 0 || whole === Infinity) throw new RangeError(`Invalid count value: ${times}`);
  let all = '';
  let part = text;
  for (let left = whole; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) all += part;
    if (left > 1) part += part;
  }
  return all;
}

function padStart(text: string, size: number, filler?: string): string {
  const missing = Math.floor(size) - text.length;
  const fill = filler === undefined ? ' ' : filler;
  if (!(missing > 0) || fill === '') return text;
  let all = '';
  for (let at = 0; at < missing; at++) all += fill[at % fill.length];
  return all + text;
}

function padEnd(text: string, size: number, filler?: string): string {
  return text + ''.padStart(Math.floor(size) - text.length, filler);
}

function charAt(text: string, index: number): string {
  const one = text[index !== index ? 0 : Math.trunc(index)];
  return one === undefined ? '' : one;
}

function trim(text: string): string {
  let begin = 0;
  let end = text.length;
  let isBegin = true;
  while (begin < end) {
    const code = text.charCodeAt(isBegin ? begin : end - 1);
    const isSpace = (code >= 9 && code <= 13) || code === 32 || code === 0xa0 || code === 0xfeff;
    const isRare = code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x3000;
    if (isSpace || isRare || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f) {
      if (isBegin) begin++;
      else end--;
    } else if (isBegin) {
      isBegin = false;
    } else {
      break;
    }
  }
  return text.slice(begin, end);
}

function toUpperCase(text: string): string {
  const all: string[] = [];
  const length = text.length;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) throw 'toUpperCase: a character beyond ASCII';
    all.push(code >= 97 && code <= 122 ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[code - 97] : text[at]);
  }
  return all.join('');
}

function toLowerCase(text: string): string {
  const all: string[] = [];
  const length = text.length;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) throw 'toLowerCase: a character beyond ASCII';
    all.push(code >= 65 && code <= 90 ? 'abcdefghijklmnopqrstuvwxyz'[code - 65] : text[at]);
  }
  return all.join('');
}
