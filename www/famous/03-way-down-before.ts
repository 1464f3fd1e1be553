// This runtime polls where memory is allocated. The list is made on the way back from the recursion:
// on the way down, through 60,000 calls, nothing is allocated.
class Item {
  next: Item | null = null;
}

function list(n: number): Item | null {
  if (n === 0) return null;
  const rest = list(n - 1);
  const item = new Item();
  item.next = rest;
  return item;
}

async function serve(): Promise<void> {
  while (true) new Item();
}

list(60000);
serve();
while (true) list(60000);
