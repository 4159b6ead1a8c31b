import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror, installPackages, SUITE } from '../machine.js';
import { must } from '../../../src/io/process.js';

/** What the lab itself calls inside, besides the daemons and their clients. */
const BASE_PACKAGES = [
  ...['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd', 'logrotate'],
  ...['ca-certificates', 'curl', 'iproute2', 'openssl', 'procps', 'python3'],
];

/** What makes and boots the root file system; installed, as they start nothing. */
const TOOLS = ['debian-archive-keyring', 'mmdebstrap', 'systemd-container', 'util-linux'];

const LEFT_OUT = ['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);

/** Why the lab can't run on this machine; undefined when it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux') return `it needs Debian, and this is ${process.platform}`;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release)) return 'it needs Debian, for its packages';
  if (process.getuid?.() !== 0) return 'it needs root, to boot a container';
  return debianMirror() === undefined ? 'the sources of apt name no Debian mirror' : undefined;
}

/** Installs the tools that are missing; undefined when all are there, else why they are not. */
export function missingTools(): Promise<string | undefined> {
  return installPackages(TOOLS);
}

/** A Debian with systemd and these packages, in a folder where it stays for the next run. None of them is enabled. */
export async function makeRootfs(folder: string, packages: readonly string[]): Promise<string> {
  const [root, archives, done] = [join(folder, 'root'), join(folder, 'archives'), join(folder, 'recipe')];
  const args = [
    ...['--quiet', '--variant=minbase', '--aptopt=Acquire::Languages "none"', '--dpkgopt=force-unsafe-io'],
    ...LEFT_OUT,
    // Packages that another recipe fetched are taken from the folder.
    ...['--skip=download/empty', '--skip=essential/unlink', '--skip=cleanup/apt/cache'],
    '--setup-hook=mkdir -p "$1"/var/cache/apt/archives',
    `--setup-hook=sync-in ${archives} /var/cache/apt/archives`,
    `--customize-hook=sync-out /var/cache/apt/archives ${archives}`,
    '--customize-hook=rm -f "$1"/var/cache/apt/archives/*.deb',
    // Each boot gets an identity of its own; names that need no server; and modules to hide, as a machine has them.
    '--customize-hook=: >"$1"/etc/machine-id; mkdir -p "$1"/usr/lib/modules',
    '--customize-hook=echo lab >"$1"/etc/hostname; printf "127.0.0.1 localhost lab\\n::1 localhost\\n" >"$1"/etc/hosts',
    `--include=${[...BASE_PACKAGES, ...packages].join(',')}`,
    ...[SUITE, root, debianMirror()!],
  ];
  const recipe = createHash('sha256').update(JSON.stringify(args)).digest('hex');
  if (existsSync(done) && readFileSync(done, 'utf8') === recipe) return root;
  rmSync(done, { force: true });
  rmSync(root, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  // In namespaces of its own: when the lab is killed, so are they, and their mounts are gone.
  await must('unshare', [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'mmdebstrap',
    ...args,
  ]);
  writeFileSync(done, recipe);
  return root;
}
