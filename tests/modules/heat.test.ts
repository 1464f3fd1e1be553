import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Heat } from '../../www/run/heat.ts';
import { Recording } from '../../www/run/recording.ts';
import { arrivalOf, pauseOf } from './made.ts';

const siteAt = (instruction: number, line: number | null) => ({
  kind: 'back-edge' as const,
  task: 1,
  function: 'count',
  instruction,
  offset: instruction,
  line,
  text: `count, line ${line}`,
});

const arrival = (worker: number, instruction: number, safe: boolean = false) =>
  arrivalOf({
    worker,
    after: 10,
    safe,
    site: siteAt(instruction, instruction + 10),
    instructions: 1,
    since_poll: 1,
  });

test('arrivals are counted by instruction, those in safe regions and the last ones apart', () => {
  const heat = new Heat();
  const last = { worker: 0, site: siteAt(5, 15), waited: 10, dead: false };
  heat.add(pauseOf({ arrivals: [arrival(0, 5), arrival(1, 5), arrival(2, 7, true)], stragglers: [last] }));
  heat.add(pauseOf({ arrivals: [arrival(0, 7), arrival(1, 5), arrival(2, 7, true)], stragglers: [] }));
  heat.add(pauseOf({ arrivals: [{ ...arrival(2, 7, true), standing: 'requester' }], stragglers: [] }));
  const lines = heat.byLine();
  assert.deepEqual([...lines.keys()], [15, 17]);
  const { stopped, away, last: wasLast } = lines.get(15) ?? assert.fail();
  assert.deepEqual({ stopped, away, wasLast }, { stopped: 3, away: 0, wasLast: 1 });
  const other = lines.get(17) ?? assert.fail();
  assert.deepEqual([other.stopped, other.away, other.last], [1, 2, 0]);
});

test('who is between two tasks is nowhere in the program', () => {
  const heat = new Heat();
  const site = { ...siteAt(0, null), kind: 'idle' as const, function: null, instruction: null };
  heat.add(pauseOf({ arrivals: [arrivalOf({ safe: true, site })] }));
  assert.equal(heat.places.size, 0);
});

test('a held pause is counted once', () => {
  const recording = new Recording(2);
  const pause = pauseOf();
  recording.stopped(pause);
  recording.released(pause);
  assert.equal(
    [...recording.heat.places.values()].reduce((sum, { stopped }) => sum + stopped, 0),
    1,
  );
});
