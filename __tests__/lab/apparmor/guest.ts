import { type ChildProcess, spawn } from 'node:child_process';
import {
  createWriteStream,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { lastLines } from '../../../src/io/process.js';

const PROGRAM = fileURLToPath(new URL('guest.py', import.meta.url));

/** A whole run takes a minute or two under emulation; what takes longer hangs. In milliseconds. */
const PATIENCE = 10 * 60_000;

/** What waits for devices that a machine without udev never announces. */
const MASKED = ['serial-getty@ttyS0.service', 'console-getty.service', 'getty@tty1.service'];

/** Starts in the place of multi-user.target, whose daemons nobody has asked for. */
const UNIT = `[Unit]
Description=What the lab does in its guest
[Service]
Type=oneshot
ExecStart=/usr/bin/python3 /opt/lab/guest.py
ExecStopPost=/usr/bin/systemctl poweroff --force --force
`;

/**
 * The root of an initial RAM file system can't be pivoted away from, which systemd does for units with file systems of
 * their own: pivot_root(2). So it is mounted on itself first.
 */
const INIT = `#!/bin/sh
mkdir -p /proc /newroot
mount --bind / /newroot
cd /newroot
mount --move . /
exec chroot . /lib/systemd/systemd
`;

export interface GuestFiles {
  readonly folder: string;
  /** Writes a file of the guest. */
  write(path: string, text: string, mode?: number): void;
  /** Copies a tree over its root. */
  copy(tree: string): void;
}

/** What is put over the root file system. */
export function guestFiles(folder: string): GuestFiles {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  };
  write('init', INIT, 0o755);
  write('opt/lab/guest.py', readFileSync(PROGRAM, 'utf8'));
  write('etc/systemd/system/lab.service', UNIT);
  write('etc/fstab', '');
  for (const unit of MASKED) symlinkSync('/dev/null', join(folder, 'etc/systemd/system', unit));
  return { folder, write, copy: (tree) => cpSync(tree, folder, { recursive: true }) };
}

const alive = new Set<ChildProcess>();

/** Ends what was started, when the lab is interrupted. */
export function stopGuests(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** A program that ends with the lab, also when that is killed. */
function start(program: string, args: readonly string[], cwd: string): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.once('close', () => alive.delete(child));
  return child;
}

function ended(child: ChildProcess, what: string): Promise<void> {
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4096)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${what}: exit code ${code ?? 'none'}: ${lastLines(stderr)}`));
    });
  });
}

/** Packs a tree as the kernel reads it at boot: Documentation/driver-api/early-userspace/buffer-format.rst */
async function pack(tree: string, file: string): Promise<void> {
  const script =
    'find . -xdev -not -path "./proc/*" -not -path "./sys/*" -print0 | cpio -0 -o -H newc --quiet | zstd -q -1';
  const child = start('sh', ['-c', script], tree);
  await Promise.all([ended(child, 'cpio'), pipeline(child.stdout!, createWriteStream(file))]);
}

/** The root file system, packed once for each that is made. */
export async function packRoot(root: string, folder: string): Promise<string> {
  const [file, recipe] = [join(folder, 'root.cpio.zst'), join(dirname(root), 'recipe')];
  const made = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);
  if (made(file) <= made(recipe)) {
    rmSync(file, { force: true });
    await pack(root, `${file}.part`);
    cpSync(`${file}.part`, file);
    rmSync(`${file}.part`);
  }
  return file;
}

/** Boots the kernel with the packed root and the files over it, and returns what was said on its serial line. */
export async function runGuest(kernel: string, root: string, files: GuestFiles): Promise<string> {
  const [over, both] = [`${files.folder}.cpio.zst`, `${files.folder}.both`];
  await pack(files.folder, over);
  // Several archives, one after the other, are unpacked in this order.
  writeFileSync(both, Buffer.concat([readFileSync(root), readFileSync(over)]));
  const child = start(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '3072'],
      ...['-nodefaults', '-no-reboot', '-nographic', '-serial', 'stdio', '-kernel', kernel, '-initrd', both],
      ...['-append', 'console=ttyS0 quiet panic=-1 apparmor=1 security=apparmor systemd.unit=lab.service'],
    ],
    dirname(files.folder),
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  let said = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    await ended(child, 'qemu');
    return said;
  } catch (error) {
    throw new Error(`the guest did not end well; it said:\n${lastLines(said)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    for (const file of [over, both]) rmSync(file, { force: true });
    rmSync(files.folder, { recursive: true, force: true });
  }
}
