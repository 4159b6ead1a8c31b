import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeReason } from './files.js';
import { newFileIn, replaceFile, type WriteOutcome } from './write.js';

/** A file that is made of pieces, and stands in its place when all of them are written, or not at all. */
export interface ReportFile {
  /** Its real path. */
  readonly target: string;
  write(text: string): void;
  finish(): WriteOutcome;
}

export type OpenedReport =
  { readonly ok: true; readonly file: ReportFile } | { readonly ok: false; readonly reason: string };

/**
 * Begins a report, or says at once why it can't be written. Its pieces are kept until the end: a run that is interrupted
 * leaves what stood there, and nothing beside it.
 * @param path absolute; a link is followed.
 */
export function openReport(path: string): OpenedReport {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) return { ok: false, reason: 'is not a regular file' };
    if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
      return { ok: false, reason: 'is in a folder that does not exist' };
    const target =
      existing === undefined ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path);
    accessSync(dirname(target), constants.W_OK);
    const pieces: string[] = [];
    return {
      ok: true,
      file: {
        target,
        write: (text) => void pieces.push(text),
        finish: () => replaceFile(target, pieces.join(''), existing ?? newFileIn(statSync(dirname(target)))),
      },
    };
  } catch (error) {
    return { ok: false, reason: writeReason(error) };
  }
}
