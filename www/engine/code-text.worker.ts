/** The worker that writes compiled code as text: that takes seconds where there is much of it. */
import { answer } from './answering.ts';
import { bodyTexts } from './code-text.ts';
import type { CodeCommands } from './messages.ts';

const commands: CodeCommands = { text: bodyTexts };

answer(commands);
