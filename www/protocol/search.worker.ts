/** Searches a protocol without keeping the page waiting. */
import { modelOf, PROTOCOLS } from './protocols.ts';
import { search } from './search.ts';

addEventListener('message', ({ data }) => {
  const protocol = PROTOCOLS.find(({ id }) => id === data);
  if (!protocol) throw new Error(`there is no protocol ${data}`);
  postMessage(search(modelOf(protocol)));
});
