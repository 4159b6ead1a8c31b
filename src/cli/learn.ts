import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { createColors } from 'picocolors';
import { parseCompose } from '../formats/compose/parse.js';
import { formatOf } from '../io/discover.js';
import { BASE_NAMES } from '../io/projects.js';
import { findAbove } from '../io/above.js';
import { NEEDS_NAME, readConfig } from '../io/config.js';
import { isInside, readTextFile } from '../io/files.js';
import { call } from '../io/process.js';
import { writeInPlace, writeNewFile } from '../io/write.js';
import { parseNeeds } from '../learn/needs-file.js';
import { mergeRecordings, readRecording } from '../learn/read.js';
import type { Recording } from '../learn/recording.js';
import { addRecording, type RecordedSubject } from '../learn/update-needs.js';
import { plural } from '../render/text.js';
import type { LiveOutcome } from './learn-live.js';
import { EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';

export interface LearnArguments {
  /** Recordings that were made elsewhere. */
  readonly recordings: readonly string[];
  /** The command to record. */
  readonly command: readonly string[];
  /** `FILE` or `FILE#SERVICE`. */
  readonly for?: string;
  /** `SERVICE` or `FILE#SERVICE`, to be started. */
  readonly compose?: string;
  /** A unit file, to be started. */
  readonly unit?: string;
  readonly process?: string;
  readonly smoke?: string;
  /** Seconds. */
  readonly settle: number;
  /** Seconds. */
  readonly timeout: number;
  readonly full: boolean;
  readonly allowHost: boolean;
  readonly composeEnv: readonly string[];
  readonly dryRun: boolean;
  readonly config?: string | false;
  readonly color?: boolean;
}

/** The workload that is recorded. */
export interface Subject {
  /** Absolute path. */
  readonly file: string;
  readonly service: string | undefined;
}

type Made<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** `harden learn`: keeps what a workload was seen to do, for the runs that follow. */
export async function runLearn(args: LearnArguments): Promise<ExitCode> {
  const fail = (reason: string): ExitCode => {
    printError(`harden: ${reason}\n`);
    return EXIT_ERROR;
  };
  const subject = subjectOf(args);
  if (!subject.ok) return fail(subject.reason);
  const needs = await openNeeds(args.config);
  if (!needs.ok) return fail(needs.reason);
  const { folder, path, text } = needs.value;
  const named = nameIn(folder, subject.value);
  if (!named.ok) return fail(named.reason);

  const recorded = await record(args, subject.value);
  if (!recorded.ok) return fail(recorded.reason);
  const { recording } = recorded;
  const date = new Date().toISOString().slice(0, 10);
  const updated = addRecording(text, named.value, recording, date);
  // What is written is read again: by the rules for a file that a person has written.
  const checked = parseNeeds(updated, path);
  if (!checked.ok) return fail(`a bug in harden: ${checked.problems.map(({ reason }) => reason).join('; ')}`);
  if (args.dryRun) await print(updated);
  else {
    const outcome =
      text === undefined
        ? writeNewFile(folder, NEEDS_NAME, updated)
        : writeInPlace(folder, NEEDS_NAME, text, updated);
    if (!outcome.ok) return fail(`${path} ${outcome.reason}`);
  }
  await summarize(args, path, named.value, recording);
  for (const gap of recording.gaps) printError(`harden: ${gap}\n`);
  return 0;
}

/** Which workload the arguments mean. */
function subjectOf(args: LearnArguments): Made<Subject> {
  const { compose, unit } = args;
  const words = args.for ?? compose ?? unit;
  if (words === undefined) {
    return {
      ok: false,
      reason: 'which workload was recorded? --for FILE, or --for FILE#SERVICE for Compose',
    };
  }
  const hash = words.indexOf('#');
  const named = hash === -1 ? undefined : words.slice(hash + 1);
  const bare = compose !== undefined && args.for === undefined && hash === -1;
  const file = bare ? defaultCompose() : resolve(hash === -1 ? words : words.slice(0, hash));
  if (file === undefined) {
    return {
      ok: false,
      reason: `no Compose file is here: name it, as in --compose deploy/compose.yml#${compose ?? ''}`,
    };
  }
  const service = bare ? compose : named;
  const read = readTextFile(file);
  if (!read.ok) return { ok: false, reason: `${relative(process.cwd(), file)} ${read.reason}` };
  const format = formatOf(basename(file));
  if (format === 'compose' || service !== undefined) {
    const parsed = parseCompose(file, read.text);
    if (!parsed.ok) return { ok: false, reason: `${relative(process.cwd(), file)}: ${parsed.reason}` };
    const names = parsed.document.services.map(({ name }) => name);
    if (service === undefined || !names.includes(service)) {
      const asked = service === undefined ? 'which of its services?' : `it has no service ${service}:`;
      return { ok: false, reason: `${relative(process.cwd(), file)}: ${asked} ${names.join(', ')}` };
    }
  } else if (format !== 'systemd' && format !== 'quadlet') {
    const reason = 'a recording is of a Compose service (FILE#SERVICE), a systemd unit or a Quadlet';
    return { ok: false, reason: `${relative(process.cwd(), file)}: ${reason}` };
  }
  return { ok: true, value: { file: realpathSync(file), service } };
}

function defaultCompose(): string | undefined {
  return BASE_NAMES.map((name) => resolve(name)).find((path) =>
    statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
}

interface NeedsPlace {
  /** Absolute. */
  readonly folder: string;
  /** As people read it. */
  readonly path: string;
  readonly text: string | undefined;
}

/** The needs file: the one that is there, else beside the config, else at the root of the repository. */
async function openNeeds(asked: string | false | undefined): Promise<Made<NeedsPlace>> {
  const root = realpathSync(process.cwd());
  const found = findAbove(root, NEEDS_NAME);
  const absolute = found ?? join(await homeOf(root, asked), NEEDS_NAME);
  const path = relative(root, absolute);
  if (found === undefined) return { ok: true, value: { folder: dirname(absolute), path, text: undefined } };
  const read = readTextFile(absolute);
  if (!read.ok) return { ok: false, reason: `${path} ${read.reason}` };
  const parsed = parseNeeds(read.text, path);
  if (!parsed.ok) {
    return {
      ok: false,
      reason: parsed.problems.map(({ line, reason }) => `${path}:${line}: ${reason}`).join('\n'),
    };
  }
  return { ok: true, value: { folder: dirname(absolute), path, text: read.text } };
}

async function homeOf(root: string, asked: string | false | undefined): Promise<string> {
  const read = await readConfig(root, typeof asked === 'string' ? { file: resolve(asked) } : {});
  if (read.ok && read.config !== undefined) return dirname(read.file.absolute);
  const top = await call('git', ['rev-parse', '--show-toplevel'], { cwd: root });
  return top.code === 0 ? realpathSync(top.stdout.trim()) : root;
}

function nameIn(folder: string, { file, service }: Subject): Made<RecordedSubject> {
  if (!isInside(folder, file)) {
    return { ok: false, reason: `${file} is outside of ${folder}, where ${NEEDS_NAME} stands` };
  }
  return { ok: true, value: { file: relative(folder, file).split(sep).join('/'), service } };
}

/** Reads the recordings, or makes one. */
async function record(args: LearnArguments, subject: Subject): Promise<LiveOutcome> {
  if (args.recordings.length === 0) {
    const { recordLive } = await import('./learn-live.js');
    return recordLive(args, subject);
  }
  const read: Recording[] = [];
  for (const path of args.recordings) {
    const result = await readRecording(resolve(path), { program: args.process });
    if (!result.ok) {
      const place = result.line === undefined ? path : `${path}:${result.line}`;
      return { ok: false, reason: `${place}: ${result.reason}` };
    }
    read.push(result.recording);
  }
  return { ok: true, recording: mergeRecordings(read) };
}

async function summarize(
  args: LearnArguments,
  path: string,
  { file, service }: RecordedSubject,
  recording: Recording,
): Promise<void> {
  const c = createColors(wantsColor(args.color));
  const counts: readonly (readonly [string, readonly string[]])[] = [
    ['system calls', recording.systemCalls],
    ['capabilities', recording.capabilities],
    ['programs', recording.executes],
    ['written paths', recording.writes],
    ['devices', recording.devices],
    ['listens on', recording.listens],
    ['connects to', recording.connects],
  ];
  const subject = service === undefined ? file : `${file}#${service}`;
  const lines = counts
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => {
      const shown = list.length <= 4 ? list.join(' ') : String(list.length);
      return `  ${what.padEnd(13)}  ${shown}\n`;
    });
  const say = args.dryRun ? (text: string) => Promise.resolve(printError(text)) : print;
  await say(
    `${args.dryRun ? c.dim('would keep') : c.green('kept')}  ${subject} in ${path}  ${c.dim(`${recording.lines} ${plural(recording.lines, 'line')} of ${recording.source}`)}\n${lines.join('')}` +
      (args.dryRun
        ? ''
        : `${c.dim('Review it and commit it: harden reads it from now on. What was not exercised is not in it.')}\n`),
  );
}
