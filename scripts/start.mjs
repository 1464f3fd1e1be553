/** `npm start`: installs what is missing, builds, serves, prints the address. `-- --port N` chooses the port. */
import { parseArgs } from 'node:util';
import { buildPage } from './build-page.mjs';
import { buildWasm } from './build-wasm.mjs';
import { Problem, command, elapsed, say } from './log.mjs';
import { servePage } from './serve.mjs';

await command(async () => {
  const start = performance.now();
  const port = readPort();
  await buildWasm();
  await buildPage();
  const { address } = await servePage(port === undefined ? {} : { port, strictPort: true });
  say(`\nSafepoint Lab is running at ${address} (ready after ${elapsed(start)}, Ctrl+C ends it)`);
});

/** @returns {number | undefined} what the command line or PORT says */
function readPort() {
  const { values } = parseArgs({ options: { port: { type: 'string' } }, strict: false });
  const text = values.port ?? process.env.PORT;
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Problem(`The port "${text}" is not a number from 1 to 65535: name another, or none.`);
  }
  return port;
}
