import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DROP_IN } from '../../../src/drop-in.js';
import { parseUnit } from '../../../src/formats/systemd/parse.js';
import { lastLines } from '../../../src/io/process.js';
import { assumedCalls } from '../../../src/learn/live/tracer.js';
import { tracedUnit } from '../../../src/learn/live/unit.js';
import { mergeRecordings, readRecording } from '../../../src/learn/read.js';
import type { Recording } from '../../../src/learn/recording.js';
import { addRecording } from '../../../src/learn/update-needs.js';
import { harden } from '../../support/command.js';
import { boot, type Container } from '../systemd/container.js';
import { type Daemon, fileOf } from '../systemd/daemon.js';
import { doStep, manage, prepare } from '../systemd/trial.js';

const OPTIONS = { output: '/run/harden-lab/trace', full: false } as const;

/** How long a step may take under strace, in milliseconds. */
const PATIENCE = 30_000;

/** What harden made of a unit that it has seen at work. */
export interface Confinement {
  /** The drop-in that names the profile. */
  readonly dropIn: string;
  /** Name and text of the profile, in complain mode. */
  readonly profile: { readonly name: string; readonly text: string };
  /** Lines of the recording. */
  readonly lines: number;
}

/** Records a daemon while it does its work, and has the built command line write its profile. */
export async function confine(root: string, daemon: Daemon): Promise<Confinement> {
  const container = await boot(root);
  try {
    await prepare(container, daemon);
    const shown = await container.must([
      'systemctl',
      'show',
      '--property=FragmentPath',
      '--value',
      daemon.unit,
    ]);
    const text = await container.must(['cat', shown]);
    const recording = await record(container, daemon, shown, `${text}\n`);
    return { ...(await profileOf(shown, `${text}\n`, recording)), lines: recording.lines };
  } finally {
    await container.stop();
  }
}

async function record(container: Container, daemon: Daemon, path: string, text: string): Promise<Recording> {
  const parsed = parseUnit(path, text);
  if (!parsed.ok) throw new Error(`${path}: ${parsed.reason}`);
  const traced = tracedUnit(parsed.document, { path: '/usr/bin/strace' }, OPTIONS);
  if (!traced.ok) throw new Error(`${path}: ${traced.reason}`);
  for (const output of traced.outputs) await container.write(output, '', '666');
  await container.must(['chmod', '711', dirname(OPTIONS.output)]);
  const unit = `/etc/systemd/system/${fileOf(daemon)}`;
  await container.write(unit, traced.text);
  await container.write(`${unit}.d/${traced.dropIn.name}`, traced.dropIn.text);
  await manage(container, daemon, ['daemon-reload']);
  await manage(container, daemon, ['start', daemon.unit]);
  for (const step of daemon.work) {
    const { fault } = await doStep(container, daemon, step, PATIENCE);
    if (fault !== undefined) throw new Error(`under strace, ${step.name}: ${fault}`);
  }
  await manage(container, daemon, ['stop', daemon.unit]);
  const recordings: Recording[] = [];
  for (const output of traced.outputs.map((path) => `/proc/${container.leader}/root${path}`)) {
    if (statSync(output).size === 0) continue;
    const read = await readRecording(output, { assumed: assumedCalls(OPTIONS) });
    if (!read.ok) throw new Error(`the recording ${read.reason}`);
    recordings.push(read.recording);
  }
  const recording = mergeRecordings(recordings);
  const [gap] = recording.gaps;
  if (gap !== undefined) throw new Error(`the recording is not whole: ${gap}`);
  return recording;
}

/** What a person gets who has the unit and the recording in a repository. */
async function profileOf(
  path: string,
  text: string,
  recording: Recording,
): Promise<Omit<Confinement, 'lines'>> {
  const work = mkdtempSync(join(tmpdir(), 'harden-lab-apparmor-'));
  try {
    const unit = join(work, path);
    mkdirSync(dirname(unit), { recursive: true });
    writeFileSync(unit, text);
    const subject = { file: path.slice(1), service: undefined };
    writeFileSync(join(work, 'harden.needs.yml'), addRecording(undefined, subject, recording, '2026-01-01'));
    const only = ['--only', 'systemd/use-apparmor-profile'];
    const options = ['--write', '--drop-in', '--phase', '3', '--format', 'systemd', ...only];
    const { code, stdout, stderr } = await harden(work, options);
    const written = join(`${unit}.d`, DROP_IN);
    if (code !== 0 || !existsSync(written)) {
      throw new Error(`harden: exit code ${code}: ${lastLines(`${stderr}${stdout}`)}`);
    }
    const dropIn = readFileSync(written, 'utf8');
    const name = /^AppArmorProfile=-(\S+)$/m.exec(dropIn)?.[1];
    if (name === undefined) throw new Error(`${basename(path)} got no profile:\n${dropIn}`);
    return { dropIn, profile: { name, text: readFileSync(join(dirname(unit), 'apparmor.d', name), 'utf8') } };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
