import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, type CallOptions, lastLines, type Outcome } from '../../../src/io/process.js';

/** What every program inside gets, whatever the lab's own environment holds. */
const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', 'HOME=/root', 'LANG=C.UTF-8'];

/** How long a boot may take, in milliseconds. */
const PATIENCE = 60_000;

/**
 * What a container lacks and the lab needs: BPF to enforce IPAddressDeny= and DevicePolicy=, the rest so that it is the
 * unit's sandbox that denies a thing, and not the container.
 */
const CAPABILITIES = [
  'CAP_BPF',
  'CAP_PERFMON',
  'CAP_SYSLOG',
  'CAP_SYS_TIME',
  'CAP_IPC_LOCK',
  'CAP_WAKE_ALARM',
];

export interface RunOptions extends CallOptions {
  /** The user inside that runs it; root by default. */
  readonly user?: string;
}

/** A booted systemd with a network of its own, which is loopback alone. What it writes is gone with it. */
export interface Container {
  /** The first process, as the machine numbers it. */
  readonly leader: number;
  /** Runs a program inside, whatever its exit code. */
  call(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs a program inside that has to succeed, and returns what it printed, without the last line's end. */
  must(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Writes a file inside. */
  write(path: string, text: string, mode?: string): Promise<void>;
  stop(): Promise<void>;
}

const GROUPS = existsSync('/sys/fs/cgroup/unified') ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup';
/** nspawn keeps its own group in step in the hierarchy of the machine's systemd, where that is another one. */
const HIERARCHIES = [GROUPS, '/sys/fs/cgroup/systemd'];

const alive = new Set<Booted>();
let count = 0;

/** What a container sees of this machine, which it can't change: paths here by those inside. */
export type Shared = Readonly<Record<string, string>>;

/** Boots the root file system, which stays as it is: all writing goes to memory. */
export async function boot(root: string, shared: Shared = {}): Promise<Container> {
  const name = `harden-lab-${process.pid}-${(count += 1)}`;
  const container = new Booted(name, root, shared);
  alive.add(container);
  try {
    await container.ready();
    return container;
  } catch (error) {
    await container.stop();
    throw error;
  }
}

/** Ends all containers at once, when the lab is interrupted. */
export async function stopAll(): Promise<void> {
  await Promise.all([...alive].map((container) => container.stop()));
}

class Booted implements Container {
  leader = 0;
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<void>;

  constructor(name: string, root: string, shared: Shared) {
    this.#name = name;
    this.#log = join(tmpdir(), `${name}.log`);
    const group = join(GROUPS, name);
    mkdirSync(group);
    const output = openSync(this.#log, 'w');
    const nspawn = [
      ...['systemd-nspawn', '--quiet', `--directory=${root}`, '--volatile=overlay', `--machine=${name}`],
      ...['--register=no', '--keep-unit', '--private-network', '--console=pipe', '--link-journal=no'],
      ...[`--capability=${CAPABILITIES.join(',')}`, '--system-call-filter=bpf'],
      ...Object.entries(shared).map(([inside, here]) => `--bind-ro=${here}:${inside}`),
      // Not into multi-user.target: no daemon starts but the one that is asked for.
      ...['--boot', 'systemd.unit=basic.target'],
    ];
    // In a group of its own, as two containers in one would share their units' groups. It ends when the lab is killed.
    const enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"';
    this.#process = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', '-c', enter, group, ...nspawn], {
      env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
      stdio: ['ignore', output, output],
      // Not in the terminal's group: ^C ends the lab, which then ends the container.
      detached: true,
    });
    closeSync(output);
    this.#ended = new Promise((resolve) => {
      this.#process.once('close', () => {
        resolve();
      });
    });
  }

  async ready(): Promise<void> {
    const until = performance.now() + PATIENCE;
    let state = 'no process';
    while (performance.now() < until && this.#process.exitCode === null) {
      this.leader = this.leader === 0 ? this.#findLeader() : this.leader;
      if (this.leader !== 0) {
        state = (await this.call(['systemctl', 'is-system-running'])).stdout.trim();
        if (state === 'running' || state === 'degraded') {
          return;
        }
      }
      await sleep(50);
    }
    const log = existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
    throw new Error(`${this.#name} doesn't boot (${state}):\n${lastLines(log)}`);
  }

  /** nspawn's child, once it is systemd. */
  #findLeader(): number {
    const { pid } = this.#process;
    const children = `/proc/${pid}/task/${pid}/children`;
    try {
      const child = readFileSync(children, 'utf8').split(' ')[0]!;
      return readFileSync(`/proc/${child}/comm`, 'utf8') === 'systemd\n' ? Number(child) : 0;
    } catch {
      // nspawn has no child yet, or one that has just ended.
      return 0;
    }
  }

  call(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return call('nsenter', this.#arguments(args, options), options);
  }

  async must(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.call(args, options);
    if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}\n${lastLines(stderr || stdout)}`);
    return stdout.trimEnd();
  }

  async write(path: string, text: string, mode = '644'): Promise<void> {
    const script = 'mkdir -p "$(dirname "$0")" && cat >"$0" && chmod "$1" "$0"';
    await this.must(['sh', '-c', script, path, mode], { input: text });
  }

  #arguments(args: readonly string[], { user }: RunOptions): readonly string[] {
    return [
      ...['--target', String(this.leader), '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
      ...['--', 'env', '--ignore-environment', ...ENVIRONMENT],
      ...(user === undefined ? [] : ['runuser', '--user', user, '--']),
      ...args,
    ];
  }

  async stop(): Promise<void> {
    if (!alive.delete(this)) return;
    // Nothing in it is to be kept; and what is still booting would not hear a request to end.
    this.#process.kill('SIGKILL');
    await this.#ended;
    await removeGroups(this.#name);
    rmSync(this.#log, { force: true });
  }
}

/** Ends what a run that was killed left, and removes its groups and logs. */
export async function clear(): Promise<void> {
  const left = (folder: string): readonly string[] =>
    readdirSync(folder).filter((entry) => {
      const run = /^harden-lab-(\d+)-\d+(?:\.log)?$/.exec(entry)?.[1];
      return run !== undefined && !existsSync(`/proc/${run}`);
    });
  for (const name of left(GROUPS)) await removeGroups(name);
  for (const log of left(tmpdir())) rmSync(join(tmpdir(), log), { force: true });
}

/** Ends what is in a container's groups still, and removes them. */
async function removeGroups(name: string): Promise<void> {
  const kill = join(GROUPS, name, 'cgroup.kill');
  if (existsSync(kill)) writeFileSync(kill, '1');
  const groups = HIERARCHIES.map((hierarchy) => join(hierarchy, name));
  for (let tries = 0; tries < 50 && groups.some((group) => existsSync(group)); tries += 1) {
    for (const group of groups) removeGroup(group);
    await sleep(20);
  }
}

/** A group is removed as an empty folder is; the files in it are the kernel's. */
function removeGroup(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(path, entry.name));
  }
  try {
    rmdirSync(path);
  } catch {
    // One of its processes is about to end.
  }
}
