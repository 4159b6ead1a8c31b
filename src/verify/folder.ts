import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { call } from '../io/process.js';
import { isMissing, type Tools } from './tools.js';
import { LABEL } from './compose/isolate.js';
import { ownedBy, removeAll } from './compose/take-down.js';

/** What all that verify makes begins with: names of folders, projects and images. */
const PREFIX = `harden-verify-${createHash('sha256').update(hostname()).digest('hex').slice(0, 4)}`;

/** A name for all that this process makes. */
export function ownerName(): string {
  return `${PREFIX}-${process.pid}`;
}

/** True for the name of a process of this machine that is gone. */
function isOrphan(owner: string): boolean {
  const pid = owner.startsWith(`${PREFIX}-`) ? /^\d+/.exec(owner.slice(PREFIX.length + 1))?.[0] : undefined;
  if (pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** A folder of this process's own, which nobody else may read. */
export function makeFolder(owner: string): string {
  return mkdtempSync(join(tmpdir(), `${owner}-`));
}

/** Removes the containers, networks, volumes, images and folders of runs that were killed. */
export async function removeLeftovers({ engine }: Tools): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (isOrphan(name)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  if (isMissing(engine)) return;
  const kinds = [
    ['ps', '--all'],
    ['network', 'ls'],
    ['volume', 'ls'],
  ];
  const owners = await Promise.all(
    kinds.map(async (kind) => {
      const found = ['--filter', `label=${LABEL}`, '--format', `{{.Label "${LABEL}"}}`];
      const { stdout } = await engine.call([...kind, ...found]);
      return stdout.split('\n');
    }),
  );
  for (const owner of new Set(owners.flat().filter(isOrphan))) await removeAll(engine, ownedBy(owner));
  const { stdout } = await engine.call(['image', 'ls', '--format', '{{.Repository}}']);
  for (const owner of new Set(stdout.split('\n').filter(isOrphan))) await removeImages({ engine }, owner);
}

/** Removes the images that were built under a name; the layers that others use stay. */
export async function removeImages({ engine }: Pick<Tools, 'engine'>, owner: string): Promise<void> {
  if (isMissing(engine)) return;
  const { stdout } = await engine.call(
    ['image', 'ls', '--filter', `reference=${owner}*`, '--format', '{{.Repository}}:{{.Tag}}'],
    { apart: true },
  );
  const images = stdout.split('\n').filter((name) => name !== '');
  if (images.length > 0) await engine.call(['image', 'rm', '--force', ...images], { apart: true });
}

/** What a tree may hold to be copied, in KiB. */
const MAX_TREE = 4 * 1024 * 1024;

/**
 * Copies a tree without its history, with owners, modes, times and links as they are. Returns why it can't be done.
 * @param root absolute path.
 */
export async function copyTree(
  root: string,
  folder: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const entries = readdirSync(root).filter((name) => name !== '.git');
  if (entries.length === 0) return undefined;
  const paths = entries.map((name) => `./${name}`);
  const measured = await call('du', ['-skx', ...paths], { cwd: root, signal });
  const size = measured.stdout
    .split('\n')
    .reduce((sum, line) => sum + Number(/^\d+/.exec(line)?.[0] ?? 0), 0);
  if (size > MAX_TREE)
    return `it holds ${Math.round(size / 1024 / 1024)} GB, and at most ${MAX_TREE / 1024 / 1024} GB are copied: run harden verify in the folder of the project`;
  const { code, stderr } = await call('cp', ['-a', ...paths, folder], { cwd: root, signal });
  // What can't be read can't be part of a build either.
  if (code === 0 || !/No space left|Disk quota/.test(stderr)) return undefined;
  return `there is no space for a copy of it in ${tmpdir()}`;
}

/** Removes a folder; returns why something is left. */
export function removeFolder(folder: string): string | undefined {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Containers write as root, and the user of the engine need not be.
  }
  return existsSync(folder)
    ? `what containers wrote as another user is left: sudo rm -r ${folder}`
    : undefined;
}
