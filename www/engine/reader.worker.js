/** The instance that reads programs and snapshots: it runs none of them, so it never waits for a worker. */

import * as glue from '../../pkg/safepoint_lab.js';
import { answer, unwrap } from './answering.js';
import { THREAD_STACK_BYTES } from './memory-plan.js';

/** @import { Exports, ReaderCommands, ReaderInit } from './messages.js' */

const wasm = /** @type {Exports} */ (/** @type {unknown} */ (glue));

/** @type {ReaderCommands} */
const commands = {
  start({ module, memory }) {
    glue.initSync({ module, memory, thread_stack_size: THREAD_STACK_BYTES });
    wasm.init_engine(0);
  },
  load: (source) => JSON.parse(wasm.load_program(source)),
  bounds: (policy) => JSON.parse(wasm.bounds(policy)),
  moduleBytes: () => wasm.module_bytes() ?? null,
  disassemble: () => wasm.disassemble() ?? null,
  instructionSet: () => JSON.parse(wasm.instruction_set()),
  describeSnapshot: (bytes) => unwrap(wasm.describe_snapshot(bytes)),
};

answer(commands);
