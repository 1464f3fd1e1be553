import assert from 'node:assert/strict';
import { test } from 'vitest';
import { figuresReason } from '../../www/app/figures-reason.ts';
import { Recording } from '../../www/run/recording.ts';
import { noStats } from '../../www/run/recorder.ts';
import { pauseOf } from './made.ts';

test('the figures are of the reason that was chosen by hand, until another run begins', () => {
  const recording = new Recording(2);
  recording.released(pauseOf({ id: 1, reason: 'snapshot' }));
  recording.released(pauseOf({ id: 2, reason: 'gc' }));
  const stats = noStats();
  stats.gc.count = stats.snapshot.count = 1;
  const state = { recording, selected: null, figuresOf: null };
  assert.equal(figuresReason(state, stats), 'gc', 'of the last pause');
  assert.equal(figuresReason({ ...state, selected: 1 }, stats), 'snapshot', 'of the one that is looked at');
  const chosen = { ...state, figuresOf: { reason: 'debug' as const, recording } };
  assert.equal(figuresReason({ ...chosen, selected: 1 }, stats), 'debug', 'also where there are none of it');
  const next = new Recording(2);
  assert.equal(
    figuresReason({ ...chosen, recording: next }, stats),
    'gc',
    'another run has not been asked about',
  );
});
