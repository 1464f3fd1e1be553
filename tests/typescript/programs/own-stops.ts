// Polls, stops and handshakes that the program makes itself: they change nothing of what it prints.
interface Node {
  value: number;
  next: Node | null;
}
async function build(n: number): Promise<number> {
  let list: Node | null = null;
  // @poll none
  for (let i = 0; i < n; i++) list = { value: i, next: list };
  collect();
  let sum = 0;
  // @poll every 10
  for (let at = list; at !== null; at = at.next) sum += at.value;
  stopTheWorld(`sum ${n}`);
  return sum;
}
// @poll always
function turns(n: number): number {
  let done = 0;
  while (done < n) {
    poll();
    done++;
  }
  return done;
}
const first = build(100);
const second = build(50);
handshake(first);
print(turns(7));
print(await first);
handshake(first);
print(await second);
stopTheWorld('');
collect();
