import { BEGIN, END } from '../../templates/pull-request.js';

/**
 * A pull request's body with harden's part brought up to date; what people wrote around it stays. One without such a part
 * gets it at its end.
 */
export function updatedBody(current: string, own: string): string {
  const text = current.replaceAll('\r\n', '\n');
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END, start);
  if (start === -1 || end === -1) return text.trim() === '' ? own : `${text.trimEnd()}\n\n${own}`;
  return text.slice(0, start) + own + text.slice(end + END.length);
}
