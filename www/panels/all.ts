/** All panels that register themselves. */
import type { Page, Panel } from './page.ts';

const PANELS = import.meta.glob<Panel>('./*.panel.ts', { eager: true, import: 'panel' });

export function showPanels(page: Page) {
  for (const panel of Object.values(PANELS)) panel(page);
}
