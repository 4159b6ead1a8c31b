import { call } from '../io/process.js';

export type Originals =
  | { readonly ok: true; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reason: string };

/**
 * The texts that files had in a commit; a file that was not there is left out.
 * @param root the tree, or a folder in it.
 * @param ref as git takes it: `HEAD`, `main~1`.
 */
export async function readOriginals(
  root: string,
  ref: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Originals> {
  const git = (...args: readonly string[]): ReturnType<typeof call> =>
    call('git', args, { cwd: root, signal });
  const known = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  if (known.code === 127) return { ok: false, reason: 'git is not installed' };
  if (known.code !== 0) return { ok: false, reason: `there is no commit ${ref} here` };
  const commit = known.stdout.trim();
  const texts = new Map<string, string>();
  for (const path of paths) {
    const { code, stdout } = await git('show', `${commit}:./${path}`);
    if (code === 0) texts.set(path, stdout);
  }
  return { ok: true, texts };
}
