import type { VerifyOptions } from '../options.js';
import type { Outcome } from '../../io/process.js';
import { PATIENCE } from '../static/patience.js';
import type { WorkingCopy } from '../subject.js';
import type { Command } from '../tools.js';

export interface ConfigRequest {
  /** The files of the project, relative to the copy's folder. */
  readonly files: readonly string[];
  /** Its folder, relative to the copy's. */
  readonly folder: string;
  /** Options before `config`. */
  readonly before?: readonly string[];
  /** Options of `config`: `--quiet`, `--format json`. */
  readonly options: readonly string[];
}

/** Has Compose read a project: merged, interpolated, validated. */
export function composeConfig(
  compose: Command,
  { files, folder, before = [], options }: ConfigRequest,
  copy: WorkingCopy,
  { envFiles, signal }: Pick<VerifyOptions, 'envFiles' | 'signal'>,
): Promise<Outcome> {
  const args = [
    ...files.flatMap((file) => ['--file', file]),
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...['--project-directory', folder, ...before, 'config', ...options],
  ];
  return compose.call(args, { cwd: copy.folder, timeout: PATIENCE, signal });
}

/** What reads a project of which nothing is started: all its services, under a name that no folder has to be fit for. */
export const WHOLE_PROJECT = ['--project-name', 'harden-verify', '--profile', '*'];
