/**
 * The instant of the timeline that a mouse or a pen points at: a line above the picture, which needs not be drawn anew for
 * it, and what the worker there was doing.
 */
import { STATE } from '../run/lane.ts';
import { instants } from '../run/pause-parts.ts';
import { duration } from '../words/format.ts';
import { pauseAt } from '../draw/pick.ts';
import { timeLabel } from '../draw/scale.ts';
import { make, set, setText } from './dom.ts';
import type { Plane } from '../draw/canvas.ts';
import type { LanePlan } from '../draw/lanes.ts';
import type { Scale } from '../draw/scale.ts';
import type { PageState } from '../app/page-state.ts';
import type { Pause } from '../run/types.ts';

/** What a worker does, by the number of its state. */
const DOES = { [STATE.running]: 'running', [STATE.idle]: 'idle', [STATE.safe]: 'in a safe region' };
const DID = { [STATE.stopped]: 'stopped', [STATE.ended]: 'ended', [STATE.dead]: 'dead' };
const NAMES: Record<number, string> = { ...DOES, ...DID };

/** From the line to its text, where there is room, pixels. */
const GAP = 4;

/** What was drawn last. */
export type Drawn = { scale: Scale; plan: LanePlan; pause: Pause | null };

/**
 * @param box of the picture, positioned
 * @returns says anew what is there: the picture may have moved below the pointer
 */
export function pointedView(
  box: HTMLElement,
  canvas: HTMLCanvasElement,
  { plane, drawn, state }: { plane: Plane; drawn: () => Drawn | null; state: () => PageState },
): () => void {
  const text = make('span');
  const line = make('div', { class: 'pointed', 'aria-hidden': 'true' }, text);
  line.hidden = true;
  box.append(line);
  let point: { x: number; y: number } | null = null;
  const show = () => {
    const now = drawn();
    const said = point && now ? pointedText(state(), now, point) : '';
    set(line, { hidden: said === '' });
    if (!point || said === '') return;
    const at = (point.x / plane.width) * box.clientWidth;
    line.style.left = `${at}px`;
    setText(text, said);
    const room = box.clientWidth - text.getBoundingClientRect().width;
    text.style.left = `${Math.max(0, Math.min(at + GAP, room)) - at - line.clientLeft}px`;
  };
  const leave = () => {
    point = null;
    show();
  };
  canvas.addEventListener('pointermove', (event) => {
    // A finger hides what it points at.
    point = event.pointerType === 'touch' ? null : plane.point(event);
    show();
  });
  canvas.addEventListener('pointerleave', leave);
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') leave();
  });
  return () => {
    if (point) show();
  };
}

/** @returns nothing beside the lanes */
function pointedText(
  { recording, step }: PageState,
  { scale, plan, pause }: Drawn,
  { x, y }: { x: number; y: number },
) {
  const left = scale.x(scale.from);
  if (x < left || x > scale.x(scale.to)) return '';
  const time = scale.time(x);
  const each = Math.max(step, scale.time(x + 1) - scale.time(x));
  const said = [];
  if (pause) {
    const { armed } = instants(pause);
    said.push(time < armed ? 'before arming' : `${duration(time - armed, step)} after arming`);
  } else said.push(timeLabel(Math.max(0, time - (recording.begin || 0)), each));
  const row = Math.floor((y - plan.top) / plan.pitch);
  const worker = plan.own[row];
  const id = pauseAt(recording.pauses, scale, x);
  const over = pause ?? (id === null ? null : recording.pause(id));
  if (worker !== undefined) {
    const does = isAwaited(over, worker, time)
      ? 'asked to stop'
      : NAMES[recording.lanes[worker]?.at(time) ?? 0];
    said.push(`worker ${worker}${does ? ` ${does}` : ''}`);
  } else if (row === plan.own.length && plan.idle > 0) said.push(`${plan.idle} workers idle`);
  if (over && !pause) said.push(`pause ${over.id}`);
  return said.join(' · ');
}

/** Whether a pause waited for a worker at an instant. */
function isAwaited(pause: Pause | null, worker: number, time: number) {
  if (!pause) return false;
  const { armed } = instants(pause);
  const arrival = pause.arrivals.find((one) => one.worker === worker);
  return arrival !== undefined && !arrival.safe && time >= armed && time < armed + arrival.after;
}
