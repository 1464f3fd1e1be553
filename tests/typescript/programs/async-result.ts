async function half(n: number): Promise<number> {
  return n / 2;
}
print(await half(9), (await half(4)) + (await half(6)));
