import type { Edited } from '../interactive/edit.js';
import { editableHunks, isGivenUp } from '../interactive/hunk.js';
import { confirm, type EditReply } from './converse.js';
import { editText } from './editor.js';
import { print } from './output.js';
import type { Session } from './session.js';

export interface Editing {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** What the edited hunks are, or what is wrong with them. */
  read(hunks: string): Edited;
}

/** Has a change edited until it is one, or the edit is given up. */
export async function editChange(
  { settings, terminal, text }: Session,
  { path, before, after, read }: Editing,
): Promise<EditReply> {
  let hunks = editableHunks(path, before, after);
  for (;;) {
    const edited = await editText(terminal, hunks, settings.root);
    if (!edited.ok) {
      await print(text.problem(`${edited.reason}; the change stays as it was.`));
      return undefined;
    }
    if (isGivenUp(edited.text)) {
      await print(text.remark('Nothing was left to edit: the change stays as it was.'));
      return undefined;
    }
    const outcome = read(edited.text);
    if (outcome.ok) return outcome.answer;
    await print(text.problem(`The edited change can't be made: ${outcome.reason}.`));
    const again = await confirm(terminal, text, 'Edit again (n: the change stays as it was)');
    if (typeof again !== 'boolean') return again;
    if (!again) return undefined;
    hunks = edited.text;
  }
}
