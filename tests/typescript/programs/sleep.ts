async function late(ms: number, text: string): Promise<string> {
  await sleep(ms);
  return text;
}
const slow = late(20, 'slow');
const fast = late(1, 'fast');
print(await fast, await slow);
