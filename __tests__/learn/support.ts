import { Buffer } from 'node:buffer';
import { readStrace } from '../../src/learn/strace/read.js';
import type { Recording, RecordingResult } from '../../src/learn/recording.js';

export async function* streamOf(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

export function readLinesOf(...lines: readonly string[]): Promise<RecordingResult> {
  return readStrace(streamOf(lines.map((line) => `${line}\n`).join('')));
}

/** What lines of strace show; the test fails where they show nothing. */
export async function recordingOf(...lines: readonly string[]): Promise<Recording> {
  const result = await readLinesOf(...lines);
  if (!result.ok) throw new Error(result.reason);
  return result.recording;
}

/** The lists of a recording that hold something. */
export function shown(recording: Recording): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(recording).filter(
      ([key, value]) => key !== 'source' && (Array.isArray(value) ? value.length > 0 : value !== undefined),
    ),
  );
}
