// name: Allocate and forget
// description: Four tasks make objects and drop them at once, so the heap fills up and collections come by themselves.
// endless: yes

// Every new is a poll site. When there is no memory left, the task that needs some stops the
// world itself and collects; nearly everything is garbage, so the pause is short.

class Point {
  x = 0;
  y = 0;
}

async function allocate(): Promise<void> {
  for (let i = 0; ; i = (i + 1) % 1000) {
    const point = new Point(); // polls, and may have to collect; the one before is garbage now
    point.x = i;
  }
}

allocate();
allocate();
allocate();
allocate();
