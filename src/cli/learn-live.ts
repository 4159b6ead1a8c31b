import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { messageOf } from '../core/errors.js';
import { parseUnit } from '../formats/systemd/parse.js';
import { readTextFile } from '../io/files.js';
import { recordCommand } from '../learn/live/command.js';
import { recordService } from '../learn/live/service.js';
import { assumedCalls, findTracer, type Tracer } from '../learn/live/tracer.js';
import { tracedUnit } from '../learn/live/unit.js';
import { mergeRecordings, readRecording } from '../learn/read.js';
import type { Recording } from '../learn/recording.js';
import { isWell } from '../verify/compose/compare.js';
import { composeConfig } from '../verify/compose/config.js';
import { composeFiles } from '../verify/compose/files.js';
import type { ComposeModel } from '../verify/compose/model.js';
import { ownedBy, removeAll } from '../verify/compose/take-down.js';
import {
  copyTree,
  makeFolder,
  ownerName,
  removeFolder,
  removeImages,
  removeLeftovers,
} from '../verify/folder.js';
import { findTools, isMissing } from '../verify/tools.js';
import { install, sweep, uninstall } from '../verify/unit/install.js';
import { findManager } from '../verify/unit/manager.js';
import { lookAround, obstacleTo } from '../verify/unit/obstacle.js';
import { tryUnit } from '../verify/unit/trial.js';
import { managerOf } from '../workload/unit/identity.js';
import { interruptible } from './interruptible.js';
import type { LearnArguments, Subject } from './learn.js';
import { printError } from './output.js';
import { createStatus } from './status.js';

export type LiveOutcome =
  { readonly ok: true; readonly recording: Recording } | { readonly ok: false; readonly reason: string };

/** Records what the arguments name: a command, a service of a Compose project, or a unit. */
export async function recordLive(args: LearnArguments, subject: Subject): Promise<LiveOutcome> {
  const tracer = await findTracer();
  if (isMissing(tracer)) return { ok: false, reason: tracer.missing };
  if (args.command.length > 0) return recordWords(args, tracer);
  if (args.compose !== undefined) return recordCompose(args, subject, tracer);
  if (args.unit !== undefined) return recordUnit(args, subject, tracer);
  return { ok: false, reason: 'what is to be recorded? a recording, --compose, --unit, or -- and a command' };
}

async function recordWords(args: LearnArguments, tracer: Tracer): Promise<LiveOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'harden-learn-'));
  try {
    const output = join(folder, 'trace');
    const end = await recordCommand(tracer, args.command, { output, full: args.full });
    if (end.code !== 0)
      printError(`harden: the command ended with exit code ${end.code}; what it did until then is kept\n`);
    return await readAll([output], args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads the files of a live recording. */
async function readAll(files: readonly string[], args: Pick<LearnArguments, 'full'>): Promise<LiveOutcome> {
  const read: Recording[] = [];
  for (const file of files) {
    const result = await readRecording(file, { assumed: assumedCalls(args) });
    if (!result.ok) return { ok: false, reason: `the recording ${result.reason}` };
    read.push(result.recording);
  }
  if (read.length === 0) return { ok: false, reason: 'nothing was recorded' };
  return { ok: true, recording: mergeRecordings(read) };
}

function recordCompose(
  args: LearnArguments,
  { file, service }: Subject,
  tracer: Tracer,
): Promise<LiveOutcome> {
  return interruptible(async (signal) => {
    const tools = await findTools(signal);
    const { composeUp: compose, engine } = tools;
    if (isMissing(engine)) return { ok: false, reason: engine.missing };
    if (isMissing(compose)) return { ok: false, reason: compose.missing };
    const owner = ownerName();
    const folder = makeFolder(owner);
    const status = createStatus();
    try {
      await removeLeftovers(tools);
      const root = dirname(file);
      status.say('copying the project');
      const trouble = await copyTree(root, folder, signal);
      if (trouble !== undefined) return { ok: false, reason: `${root} can't be copied: ${trouble}` };
      const read = readTextFile(file);
      if (!read.ok) return { ok: false, reason: `${file} ${read.reason}` };
      const copy = { folder, pairs: [] };
      const { original: files } = composeFiles({ path: basename(file), original: read.text }, copy);
      const envFiles = args.composeEnv.map((path) => realpathSync(path));
      const request = { files, folder: '.', options: ['--format', 'json'] };
      const config = await composeConfig(compose, request, copy, { envFiles, signal });
      if (config.code !== 0) return { ok: false, reason: config.stderr.trim() };
      const scratch = join(folder, '.harden-verify');
      mkdirSync(scratch, { recursive: true });
      status.say(`starting ${service ?? ''}`);
      const recorded = await recordService(
        JSON.parse(config.stdout) as ComposeModel,
        service ?? '',
        tracer,
        {
          engine,
          compose,
          folder,
          projectFolder: folder,
          scratch,
          owner,
          allowHost: args.allowHost,
          envFiles,
          buildArgs: [],
          images: new Set(),
          smoke: args.smoke,
          patience: args.timeout * 1000,
          settle: args.settle * 1000,
          signal,
        },
        args,
      );
      status.end();
      if (!recorded.ok) return { ok: false, reason: recorded.reason };
      const sight = recorded.sight.services.get(service ?? '');
      if (sight === undefined || !isWell(sight)) {
        return { ok: false, reason: `under strace it does not work: ${sight?.says ?? 'it was not started'}` };
      }
      if (recorded.sight.smoke?.ok === false) {
        return { ok: false, reason: `the smoke command fails:\n${recorded.sight.smoke.output}` };
      }
      return await readAll(recorded.files, args);
    } finally {
      status.end();
      await removeAll(engine, ownedBy(owner));
      await removeImages(tools, owner);
      const left = removeFolder(folder);
      if (left !== undefined) printError(`harden: ${left}\n`);
    }
  });
}

function recordUnit(args: LearnArguments, { file }: Subject, tracer: Tracer): Promise<LiveOutcome> {
  return interruptible(async (signal) => {
    const shown = relative(process.cwd(), file);
    const read = readTextFile(file);
    if (!read.ok) return { ok: false, reason: `${shown} ${read.reason}` };
    const parsed = parseUnit(file, read.text);
    if (!parsed.ok) return { ok: false, reason: `${shown}: ${parsed.reason}` };
    const { document } = parsed;
    if (document.template) {
      const reason =
        'it is a template: record a copy of it that is named as an instance, such as app@one.service';
      return { ok: false, reason: `${shown}: ${reason}` };
    }
    if (!args.allowHost) {
      const reason = 'it is started on this machine, with its real state folders: --allow-host does that';
      return { ok: false, reason: `${shown}: ${reason}` };
    }
    const manager = await findManager(managerOf(document).value, signal);
    if (isMissing(manager)) return { ok: false, reason: manager.missing };
    await sweep(manager);
    const unit = basename(file);
    const obstacle = await obstacleTo(manager, unit);
    if (obstacle !== undefined) return { ok: false, reason: `${shown}: ${obstacle}` };
    // Not in /tmp: the unit may have one of its own.
    const folder = mkdtempSync(
      join(manager.kind === 'system' ? '/run' : dirname(manager.folder), 'harden-learn-'),
    );
    const output = join(folder, 'trace');
    try {
      // Whatever user the unit has writes there, and nobody finds it by its name.
      chmodSync(folder, 0o711);
      const traced = tracedUnit(document, tracer, { output, full: args.full });
      if (!traced.ok) return { ok: false, reason: `${shown}: ${traced.reason}` };
      for (const file of traced.outputs) {
        writeFileSync(file, '');
        chmodSync(file, 0o666);
      }
      await install(manager, unit, read.text, []);
      const around = await lookAround(manager, unit);
      if (around.obstacle !== undefined) return { ok: false, reason: `${shown}: ${around.obstacle}` };
      const { smoke } = args;
      const seen = await tryUnit(manager, unit, traced.text, [traced.dropIn], {
        smoke,
        settle: args.settle * 1000,
        signal,
      });
      if (seen.state === 'failed' || seen.result !== 'success') {
        return { ok: false, reason: `${shown}: it is ${seen.state} (${seen.end ?? seen.result})` };
      }
      if (seen.smoke?.passed === false)
        return { ok: false, reason: `the smoke command fails: ${seen.smoke.detail}` };
      // A command that was not run (ExecStop= of one that has ended) has recorded nothing.
      return await readAll(
        traced.outputs.filter((file) => statSync(file).size > 0),
        args,
      );
    } catch (error) {
      return { ok: false, reason: `${shown}: it could not be recorded: ${messageOf(error)}` };
    } finally {
      await uninstall(manager, unit);
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    }
  });
}
