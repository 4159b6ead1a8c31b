import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, must } from '../../src/io/process.js';

/** The release that the stand-in images are made of. */
export const SUITE = 'bookworm';

/** The first Debian release that has BuildKit's command line; its packages need no newer libc than bookworm's. */
const ENGINE_SUITE = 'trixie';

const ENGINE_PACKAGES = ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose'];
const RUNTIME_PACKAGES = ['containerd', 'runc'];
/** What these and the lab call; installed, as they are harmless. */
const INSTALLED_PACKAGES = [
  'ca-certificates',
  'curl',
  'iproute2',
  'libseccomp2',
  'libsystemd0',
  'mmdebstrap',
  'util-linux',
];

const APT = { env: { DEBIAN_FRONTEND: 'noninteractive' } };

/** Why the lab can't run on this machine; undefined when it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux') return `it needs Debian, and this is ${process.platform}`;
  if (process.arch !== 'x64') return `its images are made for x64, and this machine is ${process.arch}`;
  if (!/^ID=debian$/m.test(read('/etc/os-release'))) return 'it needs Debian, for its packages';
  if (process.getuid?.() !== 0) return 'it needs root, to run a container engine';
  return debianMirror() === undefined ? 'the sources of apt name no Debian mirror' : undefined;
}

/** The mirror that this machine's own apt takes Debian from. */
export function debianMirror(): string | undefined {
  const text = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'].map(read).join('\n');
  return /^URIs:\s*(http\S+)/m.exec(text)?.[1] ?? /^deb\s(?:.*\s)?(http\S+)/m.exec(text)?.[1];
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/**
 * Unpacks a container engine into a folder and returns the folders with its programs. Unpacked, because an installed
 * one would be started by its package, and its release may be another than the machine's.
 */
export async function fetchEngine(folder: string): Promise<readonly string[]> {
  const [root, done] = [join(folder, 'root'), join(folder, 'complete')];
  const programs = [join(root, 'usr/sbin'), join(root, 'usr/bin')];
  const packages = [...RUNTIME_PACKAGES, ...ENGINE_PACKAGES].join(' ');
  if (read(done) === packages && (await installed())) return programs;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  await must('apt-get', ['update', '-qq'], APT);
  await must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...INSTALLED_PACKAGES], APT);
  const offered = await must('apt-cache', ['madison', 'docker-buildx']);
  await download(RUNTIME_PACKAGES, folder, []);
  await download(ENGINE_PACKAGES, folder, offered === '' ? await suiteSources(folder, ENGINE_SUITE) : []);
  for (const name of (await must('ls', [folder])).split('\n').filter((entry) => entry.endsWith('.deb'))) {
    await must('dpkg-deb', ['-x', join(folder, name), root]);
  }
  writeFileSync(done, packages);
  return programs;
}

async function installed(): Promise<boolean> {
  return (await call('dpkg', ['-s', ...INSTALLED_PACKAGES])).code === 0;
}

/** Downloads packages into a folder; `options` are those of `suiteSources`. */
export async function download(
  packages: readonly string[],
  folder: string,
  options: readonly string[],
): Promise<void> {
  await must('apt-get', ['-o', 'APT::Sandbox::User=root', ...options, 'download', '-qq', ...packages], {
    cwd: folder,
    ...APT,
  });
}

/** Options of apt for another release, apart from the machine's own lists. */
export async function suiteSources(folder: string, suite: string): Promise<readonly string[]> {
  const state = join(folder, `apt-${suite}`);
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  mkdirSync(join(state, 'cache/archives/partial'), { recursive: true });
  const list = join(state, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${keyring}] ${debianMirror() ?? ''} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(state, 'lists')}`,
    `Dir::Cache=${join(state, 'cache')}`,
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  await must('apt-get', ['-o', 'APT::Sandbox::User=root', ...options, 'update', '-qq'], APT);
  return options;
}

/** Installs the packages that are missing; undefined when all are there, else why they are not. */
export async function installPackages(names: readonly string[]): Promise<string | undefined> {
  const present = async (): Promise<boolean> => (await call('dpkg', ['-s', ...names])).code === 0;
  if (await present()) return undefined;
  await must('apt-get', ['update', '-qq'], APT);
  await call('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], APT);
  return (await present()) ? undefined : `apt-get can't install ${names.join(', ')}`;
}
