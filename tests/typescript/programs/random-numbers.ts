let state = 123456789;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 4294967296;
}
for (let i = 0; i < 5; i++) print(random());
