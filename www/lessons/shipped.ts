/** The lessons that come with the page, in the order of their files' numbers. */
import { readLesson } from './read.ts';
import type { Lesson } from './types.ts';

const files = import.meta.glob<string>('./files/*.md', { query: '?raw', import: 'default', eager: true });

export const LESSONS: Lesson[] = Object.entries(files)
  .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  .map(([path, text]) => readLesson(text, path.replace(/^.*\/\d+-(.*)\.md$/, '$1')));
