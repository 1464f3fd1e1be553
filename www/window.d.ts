/** What the page gives to scripts. */
import type { PageLab } from './app/page-lab.ts';

declare global {
  interface Window {
    lab: PageLab;
  }
}
