let a: number | null = null;
let said = '';
const say = (n: number): number => {
  said += n;
  return n;
};
a ??= say(1);
a ??= say(2);
print(a, said);
let b = 0;
b ||= say(3);
b ||= say(4);
b &&= say(5);
print(b, said);
let c = 0;
c &&= say(6);
print(c, said, (c ||= 7), (c &&= 8), (c ??= 9));
interface Box {
  n: number | undefined;
  list: (number | null)[];
}
let made = 0;
const box: Box = { n: undefined, list: [null, 1, 0] };
const get = (): Box => {
  made++;
  return box;
};
get().n ??= say(1);
get().n ??= say(2);
print(get().n, made, said, (get().n &&= 5), (get().n ||= 6));
get().list[0] ??= say(7);
get().list[say(1)] ??= say(8);
get().list[2] ||= say(9);
print(box.list[0], box.list[1], box.list[2], made, said);
let text = '';
text ||= 'x';
text &&= text + 'y';
print(text);
function counter(): () => number {
  let count: number | undefined;
  return () => {
    count ??= 10;
    return count++;
  };
}
const count = counter();
print(count(), count());
