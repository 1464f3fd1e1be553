/** `npm run dev`: the page from its sources, rebuilt as they change. */
import { watch } from 'node:fs';
import path from 'node:path';
import { buildWasm } from './build-wasm.mjs';
import { command, say } from './log.mjs';
import { root } from './paths.mjs';

await command(async () => {
  await buildWasm({ fast: true });
  const vite = await import('vite');
  const server = await vite.createServer({ configFile: path.join(root, 'vite.config.js') });
  await server.listen();
  server.printUrls();
  watchSources(() => server.ws.send({ type: 'full-reload' }));
});

/** @param {() => void} reload called after each successful build */
function watchSources(reload) {
  let building = false;
  let again = false;
  const build = async () => {
    if (building) {
      again = true;
      return;
    }
    building = true;
    try {
      do {
        again = false;
        await buildWasm({ fast: true });
      } while (again);
      reload();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    } finally {
      building = false;
    }
  };
  for (const folder of ['crates', 'src']) {
    watch(path.join(root, folder), { recursive: true }, (_event, name) => {
      if (name?.endsWith('.rs')) void build();
    });
  }
}
