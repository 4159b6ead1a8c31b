import { redact } from '../core/redact.js';
import { lastLines } from '../io/process.js';
import type { WorkingCopy } from './subject.js';

/** Lines of a tool's output that a check repeats. */
const LINES = 12;

/** The end of what a tool printed, fit for a report: without secrets, with paths relative to the tree. */
export function told(text: string, copy: Pick<WorkingCopy, 'folder'>, lines = LINES): string {
  return lastLines(redact(relativePaths(text, copy)), lines).trim();
}

function relativePaths(text: string, { folder }: Pick<WorkingCopy, 'folder'>): string {
  return text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
}
