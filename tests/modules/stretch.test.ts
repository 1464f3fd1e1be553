import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Recording } from '../../www/run/recording.ts';
import { stretchOf } from '../../www/run/stretch.ts';
import { stretchText } from '../../www/words/stretch-text.ts';
import { eventOf, givenUp, heldPause, pauseOf } from './made.ts';
import type { Pause } from '../../www/run/types.ts';

/** Of two workers, from 0 to a second. */
function recordingOf(...pauses: Pause[]) {
  const recording = new Recording(2);
  recording.event(eventOf(0, 0, 'worker-start'));
  for (const pause of pauses) {
    if (pause.total !== null) recording.released(pause);
    else recording.stopped(pause);
  }
  recording.event(eventOf(0, 1e6, 'task-stop'));
  return recording;
}

test('a stretch counts the pauses in it and how long no worker ran', () => {
  // Stopped from 4830 to 6000, as far as that lies in the stretch.
  const recording = recordingOf(pauseOf(), pauseOf({ id: 42, at: 500_000 }));
  const all = { length: 1e6, pauses: 2, givenUp: 0, stopped: 2340, isWhole: true };
  assert.deepEqual(stretchOf(recording, -1e5, 2e6, 1e6), all);
  assert.deepEqual(stretchOf(recording, 2e6, -1e5, 1e6), all, 'marked from right to left');
  assert.deepEqual(stretchOf(recording, 5000, 5500, 1e6), { ...all, length: 500, pauses: 1, stopped: 500 });
  assert.deepEqual(stretchOf(recording, 2000, 3000, 1e6), { ...all, length: 1000, pauses: 1, stopped: 0 });
  assert.deepEqual(stretchOf(recording, 6500, 7000, 1e6), { ...all, length: 500, pauses: 0, stopped: 0 });
});

test('a pause in force lasts until now, a request that was given up stops nothing', () => {
  const recording = recordingOf(givenUp(), heldPause({ id: 42, at: 900_000 }));
  const { pauses, givenUp: inVain, stopped } = stretchOf(recording, 0, 1e6, 1e6);
  assert.deepEqual([pauses, inVain], [1, 1]);
  assert.equal(stopped, 1e6 - 903_830);
});

test('where pauses are no longer kept, there were at least these', () => {
  const recording = recordingOf();
  recording.kept = 2;
  for (const id of [1, 2, 3]) recording.released(pauseOf({ id, at: id * 10_000 }));
  assert.equal(stretchOf(recording, 0, 1e6, 1e6).isWhole, false);
  assert.equal(stretchOf(recording, 25_000, 1e6, 1e6).isWhole, true);
});

test('what a stretch contains is said in words', () => {
  const stretch = { length: 1.2e6, pauses: 3, givenUp: 0, stopped: 36_000, isWhole: true };
  const said = (change: Partial<typeof stretch>) =>
    stretchText({ ...stretch, ...change }, 5).replaceAll('\u202f', ' ');
  assert.equal(said({}), '1.20 s long · 3 pauses · stopped for 36.0 ms (3 %)');
  assert.equal(said({ pauses: 0, stopped: 0 }), '1.20 s long · no pause');
  assert.equal(
    said({ isWhole: false }),
    '1.20 s long · at least 3 pauses · stopped for at least 36.0 ms (3 %)',
  );
  assert.equal(said({ pauses: 0, isWhole: false }), '1.20 s long · no pause that is still known');
  assert.match(said({ givenUp: 1 }), / · 1 request given up$/);
});
