import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines } from '../../io/process.js';
import type { Manager } from './manager.js';

/** The drop-in of a trial: nothing starts again or reboots because of it, and starts are not counted. */
const TRIAL = [
  ...['[Unit]', 'FailureAction=none', 'SuccessAction=none', 'StartLimitAction=none'],
  ...['StartLimitIntervalSec=0', '[Service]', 'Restart=no', ''],
].join('\n');
const DROP_IN = 'zz-harden-verify.conf';

const MARKER = /^# harden verify (\d+)$/m;

/** Units that another one starts when it ends; a drop-in can't take them away. */
const FOLLOWERS = /^[ \t]*(?:OnFailure|OnSuccess)[ \t]*=/gm;

/** A project's own drop-in, by its file name. */
export interface DropIn {
  readonly name: string;
  readonly text: string;
}

/** Puts a unit's text where the manager finds it first, until the machine is booted or `uninstall`. */
export async function install(
  manager: Manager,
  unit: string,
  text: string,
  dropIns: readonly DropIn[],
): Promise<void> {
  const folder = dropInFolder(manager, unit);
  mkdirSync(folder, { recursive: true });
  const marked = (content: string): string => `# harden verify ${process.pid}\n${content}`;
  write(join(folder, DROP_IN), marked(TRIAL));
  for (const dropIn of dropIns) write(join(folder, dropIn.name), marked(dropIn.text));
  const bare = text.replace(/^\uFEFF/, '').replace(FOLLOWERS, '#$&');
  write(join(manager.folder, unit), marked(bare));
  const { code, stderr } = await manager.call(['daemon-reload']);
  if (code !== 0) throw new Error(`systemd does not reload: ${lastLines(stderr, 2)}`);
}

/** A file that a full disk cuts off would have no marker, and stay. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** Stops the unit and takes away all that `install` wrote of it. */
export async function uninstall(manager: Manager, unit: string): Promise<void> {
  await manager.call(['stop', '--', unit]);
  removeMarked(manager, unit);
  await manager.call(['daemon-reload']);
  await manager.call(['reset-failed', '--', unit]);
}

function dropInFolder(manager: Manager, unit: string): string {
  return join(manager.folder, `${unit}.d`);
}

function removeMarked(manager: Manager, unit: string): void {
  const folder = dropInFolder(manager, unit);
  for (const name of listed(folder)) {
    if (markOf(join(folder, name)) !== undefined) rmSync(join(folder, name), { force: true });
  }
  if (existsSync(folder) && listed(folder).length === 0) rmdirSync(folder);
  if (markOf(join(manager.folder, unit)) !== undefined) rmSync(join(manager.folder, unit), { force: true });
}

/** Takes away what a verify that was killed left: it can't have done so itself. */
export async function sweep(manager: Manager): Promise<void> {
  const units = listed(manager.folder).filter((name) => name.endsWith('.service.d'));
  for (const unit of units.map((name) => name.slice(0, -'.d'.length))) {
    const run = markOf(join(dropInFolder(manager, unit), DROP_IN));
    if (run !== undefined && !existsSync(`/proc/${run}`)) await uninstall(manager, unit);
  }
}

/** Whether the unit's name is taken in the folder, by another verify or by an administrator. */
export function isTaken(manager: Manager, unit: string): boolean {
  return existsSync(join(manager.folder, unit)) || existsSync(join(dropInFolder(manager, unit), DROP_IN));
}

/** The process that wrote the file; undefined when it isn't harden's. */
function markOf(path: string): string | undefined {
  try {
    return MARKER.exec(readFileSync(path, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
