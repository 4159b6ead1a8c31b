import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../src/io/process.js';
import { installPackages } from '../machine.js';
import { obstacle as containerObstacle } from '../systemd/rootfs.js';

/** The emulator with its firmware, and what makes an initial RAM file system. Installed, as they start nothing. */
const TOOLS = ['qemu-system-x86', 'seabios', 'cpio', 'zstd'];

const APT = { env: { DEBIAN_FRONTEND: 'noninteractive' } };

/** Why the lab can't run on this machine; undefined when it can. */
export function obstacle(): string | undefined {
  if (process.arch !== 'x64') return `its kernel is for x64, and this machine is ${process.arch}`;
  return containerObstacle();
}

/** Installs the tools that are missing; undefined when all are there, else why they are not. */
export function missingTools(): Promise<string | undefined> {
  return installPackages(TOOLS);
}

/** Debian's kernel for virtual machines, of the machine's own release: unpacked, as an installed one would be booted. */
export async function fetchKernel(folder: string): Promise<string> {
  const boot = join(folder, 'kernel/boot');
  const image = (): string | undefined =>
    existsSync(boot) ? readdirSync(boot).find((name) => name.startsWith('vmlinuz-')) : undefined;
  if (image() === undefined) {
    const unpacked = join(folder, 'kernel');
    rmSync(unpacked, { recursive: true, force: true });
    mkdirSync(unpacked, { recursive: true });
    const said = await must('apt-cache', ['depends', 'linux-image-cloud-amd64']);
    const name = /Depends: (linux-image-\d\S*)/.exec(said)?.[1];
    if (name === undefined) throw new Error('apt knows no linux-image-cloud-amd64');
    await must('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', '-qq', name], {
      cwd: unpacked,
      ...APT,
    });
    for (const archive of readdirSync(unpacked).filter((entry) => entry.endsWith('.deb'))) {
      await must('dpkg-deb', ['-x', join(unpacked, archive), unpacked]);
      rmSync(join(unpacked, archive));
    }
    // Nothing that is booted here is a module.
    rmSync(join(unpacked, 'lib'), { recursive: true, force: true });
  }
  const found = image();
  if (found === undefined) throw new Error('the kernel package has no image');
  return join(boot, found);
}
