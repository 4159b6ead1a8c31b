import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { harden } from '../../support/command.js';
import { DROP_IN } from '../../../src/drop-in.js';
import { NEEDS_NAME } from '../../../src/io/config.js';
import { lastLines } from '../../../src/io/process.js';
import type { Container } from './container.js';
import { type Daemon, fileOf } from './daemon.js';

/** Where systemd looks for units of the machine, what an administrator wrote first. */
const UNIT_FOLDERS = ['/etc/systemd/system', '/usr/lib/systemd/system'];
const USER_FOLDERS = ['.config/systemd/user'];

export const UNITS = fileURLToPath(new URL('units', import.meta.url));

/** What harden made of a daemon's unit. */
export interface Hardening {
  /** The assignments that the unit has now and had not before, as they are written. */
  readonly directives: readonly string[];
  /** Installs the unit, without these of the directives. */
  install(container: Container, without?: readonly string[]): Promise<void>;
}

/** What a user tells harden besides. */
export interface HardenOptions {
  readonly phase: '2' | '3';
  /** The text of the needs file that stands with the unit. */
  readonly needs?: string;
}

/** Takes the unit and its drop-ins out of a container, and runs the built command line on them, as a user would. */
export async function hardenUnit(
  container: Container,
  daemon: Daemon,
  { phase, needs }: HardenOptions = { phase: '2' },
): Promise<Hardening> {
  const name = fileOf(daemon);
  const folders = foldersOf(daemon);
  const work = mkdtempSync(join(tmpdir(), `harden-lab-${daemon.name}-`));
  try {
    // What a repository with the unit has: the programs that it starts too.
    if (daemon.tree !== undefined) cpSync(join(UNITS, daemon.tree), work, { recursive: true });
    const paths = await filesOfUnit(container, name, folders);
    for (const path of paths) await copyOut(container, path, work);
    if (needs !== undefined) writeFileSync(join(work, NEEDS_NAME), needs);
    const unit = await unitPath(container, daemon);
    const { code, stdout, stderr } = await harden(work, [
      '--write',
      '--drop-in',
      '--phase',
      phase,
      '--format',
      'systemd',
    ]);
    if (code !== 0) throw new Error(`harden: exit code ${code}: ${lastLines(stderr || stdout)}`);
    const written = join(work, `${unit}.d`, DROP_IN);
    const dropIn = existsSync(written) ? readFileSync(written, 'utf8') : '';
    const target = join(folders[0]!, `${name}.d`, DROP_IN);
    return {
      directives: dropIn.split('\n').filter((line) => /^[A-Z]\w*=/.test(line)),
      install: (machine, without = []) => machine.write(target, withoutLines(dropIn, without)),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where the unit's file is that systemd takes. */
export async function unitPath(container: Container, daemon: Daemon): Promise<string> {
  const [name, folders] = [fileOf(daemon), foldersOf(daemon)];
  const paths = await filesOfUnit(container, name, folders);
  const unit = paths.find((path) => path.endsWith(`/${name}`));
  if (unit === undefined) throw new Error(`there is no ${name} in ${folders.join(', ')}`);
  return unit;
}

/** The paths of the unit and of its drop-ins, those first that systemd looks at first. */
async function filesOfUnit(
  container: Container,
  name: string,
  folders: readonly string[],
): Promise<readonly string[]> {
  const places = folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.d`)]);
  const { stdout } = await container.call(['find', ...places, '-maxdepth', '1', '-type', 'f']);
  return stdout.split('\n').filter((path) => path !== '');
}

async function copyOut(container: Container, path: string, folder: string): Promise<void> {
  const text = (await container.call(['cat', path])).stdout;
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function foldersOf({ owner }: Daemon): readonly string[] {
  return owner === undefined ? UNIT_FOLDERS : USER_FOLDERS.map((folder) => join('/home', owner, folder));
}

function withoutLines(text: string, lines: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => !lines.includes(line))
    .join('\n');
}
