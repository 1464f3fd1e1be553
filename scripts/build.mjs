/** `npm run build`: everything a static host needs, in `dist/`, held to its budget. */
import { checkBudget } from './budget.mjs';
import { buildPage } from './build-page.mjs';
import { buildWasm } from './build-wasm.mjs';
import { command } from './log.mjs';

await command(async () => {
  await buildWasm();
  await buildPage();
  checkBudget();
});
