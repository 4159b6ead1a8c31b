import { createReadStream, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { systemReason } from '../io/files.js';
import { RECORDED_LISTS } from '../workload/recorded.js';
import { readAudit } from './audit.js';
import { readOciProfile } from './oci.js';
import type { Recording, RecordingResult } from './recording.js';
import { readStrace } from './strace/read.js';

/** A profile has some hundred names: a larger file is none. */
const MAX_PROFILE = 1024 * 1024;

/** By these bytes the kind is told: other programs' lines may come before the first of an audit log in a journal. */
const HEAD = 65_536;

export interface ReadOptions {
  /** Of an audit log: the program that is meant. */
  readonly program?: string | undefined;
  /** Calls that strace was told to leave out because every program makes them. */
  readonly assumed?: readonly string[];
}

/** Reads a recording of whatever kind from a file: strace's output, the audit log, or an OCI hook's profile. */
export async function readRecording(path: string, options: ReadOptions = {}): Promise<RecordingResult> {
  const fail = (reason: string): RecordingResult => ({ ok: false, line: undefined, reason });
  try {
    if (!statSync(path).isFile()) return fail('is no file');
    const head = await beginning(path);
    if (head.includes(0)) return fail('is a binary file');
    const text = head.toString('latin1');
    if (/^\s*\{/.test(text)) {
      if (statSync(path).size > MAX_PROFILE) return fail('is too large for a seccomp profile');
      return readOciProfile(await readFile(path, 'utf8'));
    }
    if (
      /^.{0,200}?\b(?:type=(?:[A-Z_]+|\d{4}) (?:msg=)?audit\(|audit(?:\[\d+\])?: (?:SYSCALL|SECCOMP|AVC) )/m.test(
        text,
      )
    ) {
      return await readAudit(createReadStream(path), options.program);
    }
    return await readStrace(createReadStream(path), options.assumed);
  } catch (error) {
    return fail(systemReason(error));
  }
}

async function beginning(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: HEAD - 1 })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One recording of what several hold: the parts of `strace -ff`, or a service and its health check. */
export function mergeRecordings(recordings: readonly Recording[]): Recording {
  const [first, ...rest] = recordings as [Recording, ...Recording[]];
  const merged = rest.reduce((sum, one) => {
    const lists = Object.fromEntries(
      LISTS.map((list) => [list, [...new Set<string>([...sum[list], ...one[list]])].sort()]),
    ) as unknown as Pick<Recording, (typeof LISTS)[number]>;
    return { ...sum, ...lists, lines: sum.lines + one.lines, root: eitherRoot(sum.root, one.root) };
  }, first);
  const missing =
    merged.source === 'strace' ? EVERY.filter((name) => !merged.systemCalls.includes(name)) : [];
  if (missing.length === 0) return merged;
  const reason = `it has no ${missing.join(' and no ')}: strace was told to leave calls out, or came after the start`;
  return { ...merged, gaps: [...merged.gaps, reason] };
}

/** Whatever is started makes these; `-p` misses the first, and `-e trace=` of a group one of them. */
const EVERY = ['execve', 'mmap'];

function eitherRoot(one: boolean | undefined, other: boolean | undefined): boolean | undefined {
  return one === true || other === true ? true : (one ?? other);
}

const LISTS = [...RECORDED_LISTS, 'gaps'] as const;
