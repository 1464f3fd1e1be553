/**
 * Two stops beside each other, on one time scale that is aligned where each was armed. It knows nothing of where they
 * come from: kept runs and files show theirs in it, and so can any pair of recorded runs.
 */
import { Plane } from '../draw/canvas.ts';
import { alignedScale, stretchOf } from '../draw/pair-scale.ts';
import { drawLanes, planLanes } from '../draw/lanes.ts';
import { rowsOf } from '../run/idle.ts';
import { duration, plural, policyText } from '../words/format.ts';
import { headline } from '../words/finding-text.ts';
import { pairText } from '../words/pair-text.ts';
import { make, set, setText, setWords } from './dom.ts';
import type { RecordedRun } from '../run/recorded.ts';
import type { Recording } from '../run/recording.ts';
import type { Pause } from '../run/types.ts';
import type { Frames } from '../draw/frame.ts';
import type { Measured } from '../words/pair-text.ts';
import type { Stretch } from '../draw/pair-scale.ts';
import type { Theme } from '../draw/theme.ts';

export interface Side {
  /** what the run is called in a sentence */
  name: string;
  /** under which circumstances it ran */
  facts: string;
  recording: Recording;
  /** that is looked at */
  pause: Pause;
  /** of its clock, microseconds */
  step: number;
}

/** A stop of a recorded run as one of two. */
export function sideOf({
  name,
  run,
  recording,
  pause,
}: Pick<Side, 'name' | 'recording' | 'pause'> & { run: RecordedRun }): Side {
  const facts = `${run.program.name || run.title}, ${plural(run.workers, 'worker')} on ${plural(run.cores, 'core')}, polls at ${policyText(run.policy)}`;
  return { name, facts, recording, pause, step: run.clockStep };
}

/** Pixels from the right end of the lanes to that of the picture. */
const MARGIN = 12;
/** From this width on lanes would have room for speeds, which there are none of: both have the same left edge. */
const WITHOUT_RATES = 639;
const ZOOM = 4;
/** So many steps of the clock are seen at least. */
const LEAST = 20;

/**
 * @param box is filled
 * @returns shows two, or fewer while they are not chosen
 */
export function pairView(
  box: HTMLElement,
  {
    frames,
    theme,
    isBrief = false,
  }: {
    frames: Frames;
    theme: { value: Theme };
    /** whether there are only names and lanes */
    isBrief?: boolean;
  },
): { show: (sides: [Side | null, Side | null], compared?: { measured: Measured; text: string }) => void } {
  let sides: [Side | null, Side | null] = [null, null];
  let measured: Measured = 'ttsp';
  /** What is said of both; empty: of their times to safepoint. */
  let text = '';
  let zoom = 1;
  const said = make('p', { class: 'sentence-s' });
  const scaleNote = make('span', { class: 'hint' });
  const tool = (text: string, name: string, factor: () => number) =>
    make('button', {
      type: 'button',
      class: 'ghost icon',
      'aria-label': name,
      onclick: () => look(zoom * factor()),
      text,
    });
  const farther = tool('−', 'Both lanes: a longer time', () => 1 / ZOOM);
  const closer = tool('+', 'Both lanes: a shorter time', () => ZOOM);
  const tools = make('div', { class: 'row', hidden: true }, farther, closer, scaleNote);
  const views = [0, 1].map((index) => sideView(index));
  const both = make('div', { class: 'pair' }, ...views.map(({ element }) => element));
  box.replaceChildren(...(isBrief ? [both, tools] : [said, tools, both]));

  function look(factor: number) {
    zoom = factor;
    draw();
  }

  /** What both show now; null while there is nothing to be shown. */
  function stretch(): (Stretch & { isLeast: boolean }) | null {
    const shown = sides.filter((side) => side !== null);
    if (shown.length === 0) return null;
    const step = Math.max(...shown.map((side) => side.step));
    const whole = stretchOf(
      shown.map(({ pause }) => pause),
      step,
      measured,
    );
    const after = whole.after / zoom;
    return { before: whole.before / zoom, after, isLeast: after / ZOOM < LEAST * step };
  }

  function sideView(index: number) {
    const title = make('h3');
    const finding = make('p', { class: 'sentence-s' });
    const more = make('p', { class: 'hint' });
    const canvas = make('canvas', { role: 'img' });
    const element = make('article', { hidden: true }, title, ...(isBrief ? [] : [finding, more]), canvas);
    const plane = new Plane(canvas, () => view.invalidate());
    const view = frames.add(() => {
      const side = sides[index];
      const shown = stretch();
      const { width } = plane;
      if (!side || !shown || width === 0) return;
      const { recording, pause, step } = side;
      const whole = alignedScale(pause, shown, 0, width);
      const rows = rowsOf(recording.lanes, whole.from, whole.to);
      const plan = planLanes(rows, Math.min(width, WITHOUT_RATES), isBrief);
      drawLanes(
        plane.prepare(plan.total),
        { width, height: plan.total },
        {
          recording,
          scale: alignedScale(pause, shown, plan.left, width - MARGIN),
          plan,
          theme: theme.value,
          step,
          now: Math.max(recording.latest, whole.to),
          pause,
          rates: [],
          selected: null,
        },
      );
    });
    view.within(canvas);
    return {
      element,
      draw() {
        const side = sides[index];
        set(element, { hidden: !side });
        if (!side) return;
        const { name, facts, pause, step } = side;
        const first = headline(pause, step);
        setText(title, isBrief ? name : `${name}, pause ${pause.id}`);
        setWords(finding, measured === 'run' ? '' : first);
        setText(more, facts);
        canvas.setAttribute('aria-label', `Lanes of ${name} around pause ${pause.id}. ${first}`);
        view.invalidate();
      },
    };
  }

  function draw() {
    const [one, other] = sides;
    setText(said, one && other ? text || pairText(one, other) : '');
    const shown = stretch();
    set(tools, { hidden: !shown });
    if (shown) {
      const step = Math.max(...sides.map((side) => side?.step ?? 0));
      setText(
        scaleNote,
        `One time scale, aligned where each was armed; ${duration(shown.after, step)} from there to the right end.`,
      );
      set(farther, { disabled: zoom <= 1 });
      set(closer, { disabled: shown.isLeast });
    }
    for (const view of views) view.draw();
  }

  return {
    show(chosen, compared = { measured: 'ttsp', text: '' }) {
      sides = chosen;
      ({ measured, text } = compared);
      zoom = 1;
      draw();
    },
  };
}
