async function sleep(turns: number): Promise<string> {
  let text = '';
  for (let i = 0; i < turns; i++) text += 'z';
  return text;
}
async function yieldNow(): Promise<number> {
  return 7;
}
print(await sleep(3), await yieldNow());
