// name: A list that stays
// description: Four tasks each grow a linked list and drop it, so the live heap swells and shrinks.
// endless: yes

// A collection has to visit everything that is alive: with long lists its pause is longer.
// Compare a pause while the lists are short with one while they are long.

class Item {
  value = 0;
  next: Item | null = null;
}

async function grow(length: number): Promise<void> {
  while (true) {
    let list: Item | null = null; // the old list is garbage from here on
    for (let i = 0; i < length; i++) {
      const item = new Item();
      item.value = i;
      item.next = list;
      list = item;
    }
  }
}

grow(200000);
grow(150000);
grow(100000);
grow(50000);
