/** Which of a chart's points, and which pause of the lanes, a press beside it means. */

import { instants } from '../run/pause-parts.ts';
import type { Pause } from '../run/types.ts';
import type { Scale } from './scale.ts';

type Point = { id: number; x: number; y: number };
/** the id of the point that is meant, null for none */
export type Pick = (x: number, y: number) => number | null;

/** How far from a point a press still means it. */
const REACH = 16;

/**
 * @param points of which the last one wins where some are equally near
 * @returns the id of the nearest, if it is near enough
 */
export function nearest(points: Iterable<Point>, x: number, y: number): number | null {
  let best = REACH ** 2;
  let id = null;
  for (const point of points) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance > best) continue;
    best = distance;
    id = point.id;
  }
  return id;
}

/** How far from a pause's band a press still means it. */
const BESIDE = 8;

/**
 * @param pauses of which the last one wins where some are equally near
 * @returns the id of the pause whose stop is there or beside it, or else of one that waits its turn or
 * lets workers run again there
 */
export function pauseAt(pauses: Pause[], scale: Scale, x: number): number | null {
  let best = BESIDE;
  let id = null;
  let around = null;
  for (const pause of pauses) {
    const { requested, armed, released } = instants(pause);
    const end = released ?? scale.to;
    const [from, to] = [scale.x(armed), scale.x(end)];
    if (scale.x(requested) <= x && x <= scale.x(end + (pause.resuming ?? 0))) around = pause.id;
    if (to <= scale.x(scale.from)) continue;
    const distance = x < from ? from - x : x > to ? x - to : 0;
    if (distance > best) continue;
    best = distance;
    id = pause.id;
  }
  return id ?? around;
}
