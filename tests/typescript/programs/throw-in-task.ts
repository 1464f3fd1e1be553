async function fails(): Promise<number> {
  throw new RangeError('out of range');
}
print('before');
print(await fails());
