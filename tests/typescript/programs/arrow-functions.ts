const square = (x: number): number => x * x;
const shout = (text: string): string => {
  return text + '!';
};
print(square(7), shout('hey'));
