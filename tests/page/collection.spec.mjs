/** Collections of a large heap, in Chromium: stopped workers help to mark. */
import { expect, test } from './support.mjs';

/** A tree of 65,535 objects; then one task spins, and the workers without a task sleep. */
const TREE = `
.shape Pair left right
.global tree
.func make (depth)
.local pair
    new Pair
    store pair
    load depth
    const 0
    eq
    jt done
    load pair
    load depth
    const 1
    sub
    call make
    set Pair.left
    load pair
    load depth
    const 1
    sub
    call make
    set Pair.right
done:
    load pair
    ret
.func main
    const 15
    call make
    gstore tree
    const "made"
    print
again:
    jmp again
`;

test('workers help to mark, and always the same objects live', async ({ lab: page }) => {
  const collections = await page.evaluate(async (source) => {
    const { lab } = /** @type {any} */ (window);
    await lab.stop();
    const { ok, errors } = await lab.load(source);
    if (!ok) throw new Error(JSON.stringify(errors));
    const made = new Promise((resolve) => lab.on('output', resolve));
    await lab.run({ workers: 3 });
    await made;
    /** @type {any[]} */
    const outcomes = [];
    // Whether a helper comes in time is the scheduler's business: until one did. On one core no worker is asked.
    const most = navigator.hardwareConcurrency > 1 ? 500 : 5;
    while (!outcomes.some(({ helpers }) => helpers > 0) && outcomes.length < most) {
      outcomes.push((await lab.cycle('gc')).outcome);
    }
    await lab.stop();
    return outcomes;
  }, TREE);
  const helped = collections.some(({ helpers }) => helpers > 0);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  expect(helped, `after ${collections.length} collections on ${cores} cores`).toBe(cores > 1);
  // The tree, main's handle and the string.
  for (const { live_objects: live } of collections) expect(live).toBe(2 ** 16 - 1 + 2);
  for (const what of collections) {
    expect(what.objects).toBe(what.live_objects + what.freed_objects);
    expect(what.freed).toBe(what.before - what.after);
    expect(what.mark).toBeGreaterThan(0);
  }
});
