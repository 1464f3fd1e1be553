/** The instance that reads a snapshot: it runs none, so it never waits for a worker. */

import * as glue from '../../pkg/safepoint_lab.js';
import { answer, unwrap } from './answering.ts';
import { THREAD_STACK_BYTES } from './memory-plan.ts';
import type { Exports, SnapshotCommands } from './messages.ts';

const wasm = glue as unknown as Exports;

const commands: SnapshotCommands = {
  start({ module, memory }) {
    glue.initSync({ module, memory, thread_stack_size: THREAD_STACK_BYTES });
    wasm.init_engine(0, false);
  },
  describe: (bytes) => unwrap(wasm.describe_snapshot(bytes)),
  program(bytes) {
    const [module, source] = wasm.snapshot_program(bytes);
    return { module, source: source ?? null };
  },
};

answer(commands);
