/** Which of a chart's points the user means with a press beside it. */

/** @typedef {{ id: number, x: number, y: number }} Point */
/** @typedef {(x: number, y: number) => number | null} Pick the id of the point that is meant, null for none */

/** How far from a point a press still means it. */
const REACH = 16;

/**
 * @param {Iterable<Point>} points of which the last one wins where some are equally near
 * @param {number} x
 * @param {number} y
 * @returns {number | null} the id of the nearest, if it is near enough
 */
export function nearest(points, x, y) {
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
