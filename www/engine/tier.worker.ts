/** The worker that compiles what is hot: a module of its own, with one thread and a memory of its own. */

import { Compiler, initSync } from '../../pkg/safepoint_tier.js';
import { answer } from './answering.ts';
import type { TierCommands } from './messages.ts';

const commands: TierCommands = {
  start: (module) => void initSync({ module }),
  compile(program, { entries, wide, known, policy, plain, profile }, adapt) {
    const compiler = new Compiler(program);
    const { calls, back_edges, allocations, awaits, every } = policy;
    const parts = [+calls, +back_edges, +allocations, +awaits, every];
    const compiled = compiler.compile(
      new Uint32Array(entries),
      new Uint32Array(wide),
      new Uint32Array(known),
      new Uint16Array(parts),
      plain,
      profile,
      adapt,
    );
    const told = {
      module: compiled.module(),
      entries: compiled.entries(),
      frames: compiled.frames(),
      functions: compiled.functions(),
      bodies: compiled.bodies(),
      polls: compiled.polls(),
    };
    compiled.free();
    compiler.free();
    return told;
  },
};

answer(commands);
