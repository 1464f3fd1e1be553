/** What the page gives to scripts. */
import type { Lab } from './engine/lab.ts';

declare global {
  interface Window {
    lab: Lab;
  }
}
