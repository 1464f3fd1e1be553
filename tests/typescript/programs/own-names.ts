const Infinity = 5;
function twice(NaN: number): number {
  return NaN * 2;
}
class Console {
  log(text: string): string {
    return `logged ${text}`;
  }
}
const console = new Console();
print(Infinity, twice(4), console.log('it'));
