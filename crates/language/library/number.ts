/** Methods of numbers: the number is the first parameter. */
function toFixed(number: number, digits?: number): string {
  const places = digits === undefined || digits !== digits ? 0 : Math.trunc(digits);
  if (places < 0 || places > 100) throw new RangeError('toFixed() digits argument must be between 0 and 100');
  const size = Math.abs(number);
  if (!(size < 1e21)) return String(number);
  let whole = Math.floor(size);
  // What is behind the point, 24 bits an element: exactly, so that what is left decides how the last digit is rounded.
  const part: number[] = [];
  for (let rest = size - whole; rest > 0;) {
    rest *= 16777216;
    const bits = Math.floor(rest);
    part.push(bits);
    rest -= bits;
  }
  const decimals: number[] = [];
  for (let place = 0; place < places; place++) {
    let carry = 0;
    for (let at = part.length - 1; at >= 0; at--) {
      const bits = part[at] * 10 + carry;
      carry = Math.floor(bits / 16777216);
      part[at] = bits % 16777216;
    }
    decimals.push(carry);
  }
  if (part.length > 0 && part[0] >= 8388608) {
    let at = places - 1;
    while (at >= 0 && decimals[at] === 9) decimals[at--] = 0;
    if (at >= 0) decimals[at]++;
    else whole++;
  }
  // Above 2 to the 53rd `String` does not write all digits.
  const low = whole % 1e9;
  const high = Math.round((whole - low) / 1e9);
  let text = number < 0 ? '-' : '';
  text += high > 0 ? String(high) + String(low).padStart(9, '0') : String(low);
  if (places > 0) text += '.';
  for (const one of decimals) text += String(one);
  return text;
}
