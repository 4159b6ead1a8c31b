import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTextFile } from '../io/files.js';
import { systemReason } from '../io/files.js';
import { call } from '../io/process.js';
import type { Terminal } from './terminal.js';

export type EditOutcome =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Opens a text in the person's editor.
 * @param cwd a folder of the repository whose `core.editor` counts.
 */
export async function editText(terminal: Terminal, text: string, cwd: string): Promise<EditOutcome> {
  const editor = await editorOf(cwd);
  let folder: string | undefined;
  try {
    // It holds secrets where the file does: the folder is the user's alone.
    folder = mkdtempSync(join(tmpdir(), 'harden-edit-'));
    const path = join(folder, 'hunk.diff');
    writeFileSync(path, text, { mode: 0o600 });
    // An editor is set as a command for the shell, with its arguments: git and others run it so.
    const code = await terminal.lend('sh', ['-c', `${editor} "$@"`, editor, path]);
    if (code !== 0) return { ok: false, reason: `the editor (${editor}) ended with ${code}` };
    return readTextFile(path);
  } catch (error) {
    return { ok: false, reason: `the text to edit ${systemReason(error)}` };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** GIT_EDITOR, `core.editor`, VISUAL, EDITOR, then git's own choice. */
async function editorOf(cwd: string): Promise<string> {
  const { code, stdout } = await call('git', ['var', 'GIT_EDITOR'], { cwd });
  if (code === 0 && stdout.trim() !== '') return stdout.trim();
  const { EDITOR, GIT_EDITOR, VISUAL } = process.env;
  return [GIT_EDITOR, VISUAL, EDITOR].find((name) => name !== undefined && name !== '') ?? 'vi';
}

/** True where git asks for a single key, without Enter: `interactive.singleKey`. */
export async function wantsSingleKey(cwd: string): Promise<boolean> {
  const { code, stdout } = await call('git', ['config', '--type=bool', '--get', 'interactive.singleKey'], {
    cwd,
  });
  return code === 0 && stdout.trim() === 'true';
}
