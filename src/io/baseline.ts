import { dirname, join } from 'node:path';
import type { Baseline, BaselineFinding } from '../render/baseline.js';
import { exists, findAbove } from './above.js';
import { pathIn, placeOf } from './config.js';
import { readTextFile } from './files.js';

const NAME = 'harden.baseline.json';
const VERSION = 1;

/** A finding has about 120 bytes: half a million of them, which no tree has. */
const MAX_BYTES = 64 * 1024 * 1024;

export type ReadBaseline =
  | {
      readonly ok: true;
      readonly absolute: string;
      readonly baseline: Baseline | undefined;
      /** As it was read; undefined where there is none yet. */
      readonly text: string | undefined;
    }
  /** A sentence with the file. */
  | { readonly ok: false; readonly reason: string };

/**
 * Reads the baseline of the folder, or of the first folder above it that has one; a repository's root is the last that is
 * looked into.
 * @param root real path of the tree.
 * @param asked a file in place of the one that is found; absolute.
 */
export function readBaseline(root: string, asked?: string): ReadBaseline {
  const found = asked ?? findAbove(root, NAME);
  const absolute = found ?? join(root, NAME);
  if (found === undefined || !exists(found))
    return { ok: true, absolute, baseline: undefined, text: undefined };
  const path = pathIn(root, absolute);
  const read = readTextFile(absolute, MAX_BYTES);
  if (!read.ok) return { ok: false, reason: `${path} ${read.reason}` };
  const files = filesOf(read.text);
  return files === undefined
    ? { ok: false, reason: `${path} is no baseline of harden's: 'harden baseline' writes it anew` }
    : {
        ok: true,
        absolute,
        baseline: { path, place: placeOf(root, dirname(absolute)), files },
        text: read.text,
      };
}

/** The text of a baseline: sorted, a finding a line, so that a diff of it tells what was added and what is gone. */
export function baselineText(files: Baseline['files']): string {
  const sections = Object.entries(files)
    .filter(([, findings]) => findings.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, findings]) => {
      const lines = findings.map((finding) => `      ${JSON.stringify(finding)}`);
      return `    ${JSON.stringify(path)}: [\n${lines.join(',\n')}\n    ]`;
    });
  const body = sections.length === 0 ? '{}' : `{\n${sections.join(',\n')}\n  }`;
  return `{\n  "version": ${VERSION},\n  "findings": ${body}\n}\n`;
}

function filesOf(text: string): Baseline['files'] | undefined {
  try {
    const { version, findings } = JSON.parse(text) as { version?: unknown; findings?: unknown };
    if (version !== VERSION || typeof findings !== 'object' || findings === null) return undefined;
    const lists: readonly unknown[] = Object.values(findings);
    const isSound = lists.every((list) => Array.isArray(list) && list.every(isFinding));
    return isSound ? (findings as Baseline['files']) : undefined;
  } catch {
    return undefined;
  }
}

function isFinding(value: unknown): value is BaselineFinding {
  return ['transform', 'subject', 'fingerprint'].every(
    (key) => typeof (value as Readonly<Record<string, unknown>> | null)?.[key] === 'string',
  );
}
