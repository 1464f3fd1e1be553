/** Whether an element is in sight. */

/** How far out of the window something still counts as seen: it is to be up to date when it is scrolled to. */
const MARGIN = '200px';

/** @param changed calls back soon, and whenever it is otherwise */
export function watchSight(element: Element, changed: (seen: boolean) => void) {
  const observer = new IntersectionObserver((entries) => changed(entries.at(-1)?.isIntersecting ?? true), {
    rootMargin: MARGIN,
  });
  observer.observe(element);
}
