import assert from 'node:assert/strict';
import { test } from 'vitest';
import { placeLabels } from '../../www/draw/labels.ts';
import { alignedScale, stretchOf } from '../../www/draw/pair-scale.ts';
import { pairText } from '../../www/words/pair-text.ts';
import { givenUp, heldPause, pauseOf } from './made.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('two stops have one time scale, and both begin at the same place', () => {
  const [long, short] = [pauseOf({ at: 9e6, ttsp: 4000 }), pauseOf({ at: 1e6, ttsp: 100 })];
  const stretch = stretchOf([long, short], 5);
  const scales = [long, short].map((pause) => alignedScale(pause, stretch, 100, 900));
  const [of, other] = scales;
  assert.ok(of && other);
  const since = (scale: typeof of, pause: typeof long, us: number) => scale.x(pause.at + pause.queue + us);
  for (const us of [-300, 0, 100, 4000])
    assert.ok(Math.abs(since(of, long, us) - since(other, short, us)) < 1e-6, `${us}`);
  assert.ok(since(of, long, 4000) < 900, 'the longer one is seen as a whole');
  const named = (scale: typeof of) => scale.marks.filter(({ strong }) => strong).map(({ label }) => label);
  assert.deepEqual(named(of), ['armed', 'stopped', 'resumed']);
  assert.deepEqual(named(alignedScale(givenUp({ ttsp: 4000 }), stretch, 0, 900)), ['armed', 'given up']);
  assert.ok(other.marks.some(({ label }) => label === '2\u202fms'));
});

test('a look at a stop that is held ends, and one shorter than the clock tells has a width', () => {
  const held = stretchOf([heldPause({ ttsp: 4000 })], 5);
  assert.ok(held.after > 4000 && held.after < 10_000);
  const none = stretchOf([pauseOf({ ttsp: 0, operation: 0, release: 0, noticing: 0 })], 5);
  assert.ok(none.after > 0 && none.before > 0);
  const hour = stretchOf([pauseOf({ ttsp: 4000, held: 3600e6, total: 3601e6 })], 5);
  assert.ok(hour.after < 10_000, 'what it was held for does not push the stop out of sight');
});

test('what is compared is seen as a whole: what was done in the stopped world, or a part of both runs', () => {
  const [long, short] = [pauseOf({ ttsp: 1470, operation: 67_700 }), pauseOf({ ttsp: 2430, operation: 40 })];
  assert.ok(stretchOf([long, short], 5, 'operation').after > 1470 + 67_700);
  assert.ok(stretchOf([long, short], 5).after < 10_000);
  assert.deepEqual(stretchOf([long, short], 5, 'run'), { before: 5000, after: 95_000 });
});

test('the sentence of two stops says no more than is known', () => {
  const stop = (name: string, pause = pauseOf(), step = 5) => ({ name, pause, step });
  assert.equal(
    plain(pairText(stop('Run A', pauseOf({ ttsp: 50 })), stop('Run B', pauseOf({ ttsp: 7.6e6 })))),
    'The stop of Run B took 7.60 s (150000 times as long), that of Run A 50 µs.',
  );
  assert.equal(
    plain(pairText(stop('Run A'), stop('Run B', pauseOf({ ttsp: 3822 })))),
    'Both stops took 3.82 ms, as far as the clock tells.',
  );
  assert.match(
    plain(pairText(stop('Run A', pauseOf({ ttsp: 50 })), stop('Run B', givenUp({ ttsp: 1e6 })))),
    /^The stop of Run B took at least 1\.00 s \(20000 times as long\), that of Run A 50 µs/,
  );
  assert.match(
    pairText(stop('Run A', givenUp({ ttsp: 50 })), stop('Run B')),
    /^The stop of Run A was given up .* not known which of the two took longer/,
  );
});

test('labels of runs that lie on each other are all read', () => {
  const area = { left: 56, right: 380, top: 0, bottom: 200 };
  for (const [count, spread] of [
    [5, 0],
    [12, 0],
    [12, 3],
  ] as const) {
    const points = Array.from({ length: count }, (_, i) => ({
      x: 70 + i * spread,
      y: 190 - i * spread,
      width: i === 0 ? 24 : 9,
    }));
    const places = placeLabels(points, { height: 13, radius: 4.5, area });
    const boxes = places.map(({ x, y }, i) => {
      const half = (points[i]?.width ?? 0) / 2;
      return { left: x - half, right: x + half, top: y - 6, bottom: y + 6 };
    });
    boxes.forEach((box, i) => {
      assert.ok(box.left >= area.left && box.right <= area.right && box.top >= area.top);
      for (const other of boxes.slice(i + 1))
        assert.ok(
          box.right <= other.left ||
            other.right <= box.left ||
            box.bottom <= other.top ||
            other.bottom <= box.top,
          `${count} runs, ${spread} apart: ${JSON.stringify([box, other])}`,
        );
      for (const point of points)
        assert.ok(!(point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom));
    });
  }
});
