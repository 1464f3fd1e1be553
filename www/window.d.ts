/** What the page gives to scripts. */
import type { Lab } from './engine/lab.js';

declare global {
  interface Window {
    lab: Lab;
  }
}
