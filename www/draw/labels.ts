/** Labels of points that lie close together: each beside its own, none over another one or over a point. */

type Place = { x: number; y: number };
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Pixels between a point and its label, and around a label. */
const GAP = 4;
/** Where a label is tried, in this order: above, below, right, left, and between them. */
const SIDES: [x: number, y: number][] = [
  [0, -1],
  [0, 1],
  [1, 0],
  [-1, 0],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
];
/** How many rings of places around a point are tried. */
const RINGS = 12;

/**
 * @param points each with the width of its label
 * @param height of a label
 * @param radius of a point
 * @returns the middle of each label; `isAway`: a line leads to it
 */
export function placeLabels(
  points: (Place & { width: number })[],
  { height, radius, area }: { height: number; radius: number; area: Box },
): (Place & { isAway: boolean })[] {
  const taken: Box[] = points.map(({ x, y }) => around(x, y, radius, radius));
  return points.map(({ x, y, width }) => {
    const [w, h] = [width / 2 + 1, height / 2];
    const at = (ring: number, [dx, dy]: [number, number]) => ({
      x: x + dx * (radius + GAP + w + ring * height),
      y: y + dy * (radius + GAP / 2 + h + ring * height),
      isAway: ring > 0,
    });
    const rings = Array.from({ length: RINGS }, (_, ring) => SIDES.map((side) => at(ring, side))).flat();
    const place =
      rings.find((one) => {
        const box = around(one.x, one.y, w, h);
        return isInside(box, area) && !taken.some((other) => overlap(box, other));
      }) ?? at(0, [0, -1]);
    taken.push(around(place.x, place.y, w, h));
    return place;
  });
}

function around(x: number, y: number, w: number, h: number): Box {
  return { left: x - w, right: x + w, top: y - h, bottom: y + h };
}

function isInside(box: Box, area: Box) {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}

function overlap(a: Box, b: Box) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
