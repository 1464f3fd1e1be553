/** What a frame tells the page around it (docs/embedding.md), and no other: the address of the frame names its origin. */
import type { Embedding } from './embedding.ts';
import type { Lab } from '../engine/lab.ts';
import type { Pause } from '../run/types.ts';

type Message =
  /** The lab can be used; `live`: programs can run here. */
  | { type: 'ready'; live: boolean }
  /** The world is stopped, and again when it runs on; or a request was given up. Times in microseconds. */
  | ({ type: 'pause' } & Pick<Pause, 'id' | 'reason' | 'by' | 'ended' | 'ttsp' | 'total' | 'sentence'>)
  /** A step of a lesson is done. */
  | { type: 'step'; lesson: string; step: number; steps: number; done: boolean };

/** @returns tells the host, if there is one that wants to hear */
export function hostOf(embedding: Embedding | null, frame: Window): (message: Message) => void {
  const origin = embedding?.host;
  if (!origin || frame.parent === frame) return () => {};
  return (message) => frame.parent.postMessage({ source: 'safepoint-lab', version: 1, ...message }, origin);
}

export function tellHost(lab: Lab, tell: (message: Message) => void) {
  lab.ready.then(
    () => tell({ type: 'ready', live: true }),
    () => tell({ type: 'ready', live: false }),
  );
  const paused = ({ id, reason, by, ended, ttsp, total, sentence }: Pause) =>
    tell({ type: 'pause', id, reason, by, ended, ttsp, total, sentence });
  lab.on('pause', paused);
  lab.on('resume', paused);
}
