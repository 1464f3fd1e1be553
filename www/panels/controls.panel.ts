/** Everything that is pressed or set: it reads the store and calls commands. */
import { plural } from '../words/format.ts';
import { settingsText } from '../words/settings-text.ts';
import { EVERYWHERE, samePolicy } from '../run/policy.ts';
import { policyOf } from '../run/run-summary.ts';
import { hasEngine, isLive } from '../run/phases.ts';
import { isLent } from '../app/settings.ts';
import { isOfRun } from '../app/page-state.ts';
import { byId, setText } from './dom.ts';
import { readNumber } from './number-field.ts';
import type { PageState, Timeouts } from '../app/page-state.ts';
import type { PollPolicy, Reason } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { Commands } from '../app/commands.ts';
import type { Page } from './page.ts';

type PollSwitch = 'calls' | 'back_edges' | 'allocations' | 'awaits';

export function panel({ store, commands, program }: Page) {
  const source = () => program.editor.text;
  buttons(store, commands, source);
  workers(store);
  automatic(store, commands);
  settings(store);
  policy(store);
  timeouts(store, commands);
}

function buttons(store: Store<PageState>, commands: Commands, source: () => string) {
  const run = byId('run');
  const stop = byId('stop');
  const resume = byId('resume');
  const keep = byId<HTMLInputElement>('keep');
  const stops: [HTMLElement, Reason][] = [
    [byId('gc'), 'gc'],
    [byId('snapshot'), 'snapshot'],
    [byId('look'), 'debug'],
  ];
  run.addEventListener('click', () => void commands.run(source()));
  stop.addEventListener('click', () => void commands.stop());
  resume.addEventListener('click', () => void commands.resume());
  for (const [button, reason] of stops)
    button.addEventListener('click', () => void commands.stopWorld(reason));
  keep.addEventListener('change', () => store.set({ keepStopped: keep.checked }));

  store.watch(({ status, errors, keepStopped, replay }) => {
    const live = isLive(status);
    // A button that is being obeyed stays as it is, or it would lose the focus.
    enable(run, hasEngine(status) && !replay && errors.length === 0);
    enable(stop, live);
    enable(resume, status === 'stopped' || status === 'stopping');
    // In a stopped world they do what they do there.
    for (const [button] of stops) enable(button, status === 'running' || status === 'stopped');
    // What it does is what it is called.
    setText(resume, status === 'stopping' ? 'Take back' : 'Resume');
    // One primary action: start it, or let it go on.
    run.classList.toggle('primary', !live);
    resume.classList.toggle('primary', status === 'stopped' || status === 'stopping');
    keep.checked = keepStopped;
  });
}

/** Disabled without losing the focus, which would throw a keyboard user back to the top of the page. */
function enable(button: HTMLElement, enabled: boolean) {
  const element = button as HTMLButtonElement;
  if (element.disabled !== enabled) return;
  const focused = document.activeElement === element;
  element.disabled = !enabled;
  if (!focused || enabled) return;
  const next = ['resume', 'gc', 'run', 'stop']
    .map((id) => byId(id))
    .find((other) => !(other as HTMLButtonElement).disabled);
  (next ?? byId('state')).focus();
}

function workers(store: Store<PageState>) {
  const input = byId<HTMLInputElement>('workers');
  const note = byId('workers-note');
  input.addEventListener('input', () => {
    if (input.value !== '' && input.checkValidity()) store.set({ workers: input.valueAsNumber });
  });
  input.addEventListener('change', () => {
    store.set({ workers: readNumber(input, store.state.workers) });
  });
  store.watch((state) => {
    const { workers: wanted, run, status, policy: chosen, counted, compile, cores } = state;
    const { program, errors } = state;
    if (document.activeElement !== input) input.value = String(wanted);
    const said = [];
    const running = isLive(status) && run ? run.workers : wanted;
    if (running > cores && status !== 'failed') {
      said.push(
        `${running} workers share ${cores} ${cores === 1 ? 'core' : 'cores'}: a worker that is not scheduled arrives late.`,
      );
    }
    if (isLive(status) && run && errors.length > 0)
      said.push('The text has an error; the program goes on as it was started.');
    else if (isLive(status) && run) {
      if (run.program && program && !isOfRun(state)) said.push('Run again to run the changed text.');
      if (run.workers !== wanted) said.push(`Run again to use ${plural(wanted, 'worker')}.`);
      if (!samePolicy(policyOf(run), policyOf({ ...run, policy: chosen })))
        said.push('Run again to poll at other places.');
      if ((run.counted ?? true) !== counted)
        said.push(counted ? 'Run again to count its polls.' : 'Run again without counting polls.');
      if ((run.compiles ?? false) !== compile)
        said.push(compile ? 'Run again to have it compiled.' : 'Run again to have it interpreted.');
    }
    setText(note, said.join(' '));
  });
}

function automatic(store: Store<PageState>, commands: Commands) {
  const enabled = byId<HTMLInputElement>('automatic');
  const every = byId<HTMLInputElement>('automatic-every');
  const reason = byId<HTMLSelectElement>('automatic-reason');
  enabled.addEventListener('change', () => void commands.setAutomatic({ enabled: enabled.checked }));
  reason.addEventListener('change', () => void commands.setAutomatic({ reason: reason.value as Reason }));
  every.addEventListener('change', () => {
    void commands.setAutomatic({ everyMs: readNumber(every, store.state.automatic.everyMs) });
  });
  store.watch(({ automatic: setting }) => {
    enabled.checked = setting.enabled;
    reason.value = setting.reason;
    if (document.activeElement !== every) every.value = String(setting.everyMs);
  });
}

function settings(store: Store<PageState>) {
  const button = byId('settings-button');
  const box = byId('settings');
  box.addEventListener('beforetoggle', () => {
    const { bottom, right } = button.getBoundingClientRect();
    box.style.top = `${bottom + 4}px`;
    box.style.right = `${Math.max(0, document.documentElement.clientWidth - right)}px`;
  });
  // Settings that differ from what is usual are told of while they are folded away.
  store.watch((state) => {
    setText(button, settingsText({ ...state, isLent: isLent(state) }));
  });
}

function policy(store: Store<PageState>) {
  const switches = [...document.querySelectorAll('input[data-poll]')] as HTMLInputElement[];
  const every = byId<HTMLInputElement>('poll-every');
  const adapt = byId<HTMLInputElement>('poll-adapt');
  const reset = byId('policy-reset');
  const note = byId('policy-note');
  const read = ({ target }: Event) => {
    const before = store.state.policy ?? store.state.program?.policy ?? EVERYWHERE;
    const chosen: PollPolicy = { ...EVERYWHERE };
    for (const input of switches) chosen[input.dataset.poll as PollSwitch] = input.checked;
    // One or the other: the field that was left last.
    if (target !== every && adapt.value !== '' && chosen.back_edges)
      chosen.adapt = readNumber(adapt, before.adapt ?? 100);
    else chosen.every = readNumber(every, before.every);
    store.set({ policy: chosen });
  };
  for (const input of [...switches, every, adapt]) input.addEventListener('change', read);
  reset.addEventListener('click', () => store.set({ policy: null }));
  const counts = byId<HTMLInputElement>('count-polls');
  counts.addEventListener('change', () => store.set({ counted: counts.checked }));
  store.watch(({ counted }) => (counts.checked = counted));
  const compiles = byId<HTMLInputElement>('compile');
  compiles.addEventListener('change', () => store.set({ compile: compiles.checked }));
  store.watch(({ compile }) => (compiles.checked = compile));
  store.watch(({ policy: chosen, program }) => {
    const shown = chosen ?? program?.policy ?? EVERYWHERE;
    for (const input of switches) input.checked = shown[input.dataset.poll as PollSwitch];
    if (document.activeElement !== every) every.value = String(shown.every);
    if (document.activeElement !== adapt) adapt.value = String(shown.adapt ?? '');
    const none = !switches.some((input) => input.checked);
    const as = chosen ? 'Instead of what the program says.' : 'As the program says.';
    setText(
      note,
      [
        none ? 'Nothing polls: a pause waits until the program ends or blocks. Stop still works.' : as,
        shown.adapt === undefined
          ? ''
          : 'Compiled loops find out while they run how many turns that are; interpreted ones poll at every turn.',
      ].join(' '),
    );
    reset.hidden = chosen === null;
  });
}

function timeouts(store: Store<PageState>, commands: Commands) {
  const radios = [...document.querySelectorAll('input[name="timeout"]')] as HTMLInputElement[];
  const warn = byId<HTMLInputElement>('warn-ms');
  const deadline = byId<HTMLInputElement>('deadline-ms');
  for (const radio of radios) {
    radio.addEventListener('change', () => {
      void commands.setTimeouts({
        mode: radio.value as Timeouts['mode'],
      });
    });
  }
  warn.addEventListener(
    'change',
    () => void commands.setTimeouts({ warnMs: readNumber(warn, store.state.timeouts.warnMs) }),
  );
  deadline.addEventListener(
    'change',
    () => void commands.setTimeouts({ deadlineMs: readNumber(deadline, store.state.timeouts.deadlineMs) }),
  );
  store.watch(({ timeouts: { mode, warnMs, deadlineMs } }) => {
    for (const radio of radios) radio.checked = radio.value === mode;
    warn.value = String(warnMs);
    deadline.value = String(deadlineMs);
  });
}
