import { cpSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { call } from '../../io/process.js';
import type { Tracer } from './tracer.js';

/** Where a container sees strace and writes its recording. */
export const IN_CONTAINER = { program: '/.harden-learn/bin', output: '/.harden-learn/out' } as const;

/**
 * Puts strace into a folder with its loader and its libraries: an image need have none of them, and may have another
 * libc. Returns the words that start it in a container which has the folder at `IN_CONTAINER.program`.
 */
export async function bundleTracer({ path }: Tracer, folder: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const copy = (file: string): string => {
    cpSync(file, join(folder, basename(file)), { dereference: true });
    return `${IN_CONTAINER.program}/${basename(file)}`;
  };
  const program = copy(path);
  // ldd(1): `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, `/lib64/ld-linux-x86-64.so.2 (0x…)`.
  const { code, stdout } = await call('ldd', [path], { timeout: 15_000 });
  const files = [...stdout.matchAll(/(?:^\s*|=> )(\/\S+) \(0x/gm)].map(([, file]) => file!);
  const loader = files.find((file) => /\/ld(?:-linux|-musl|64|\.)[^/]*$/.test(file));
  if (code !== 0 || loader === undefined) return [program];
  for (const file of new Set(files)) copy(file);
  return [`${IN_CONTAINER.program}/${basename(loader)}`, '--library-path', IN_CONTAINER.program, program];
}
