import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { boot, type Container } from './container.js';
import { type Daemon, fileOf } from './daemon.js';
import { hardenUnit, type Hardening } from './harden.js';
import { type Facts, pathsOf, PROBES, splitDirective, type Surroundings } from './probes.js';
import { prepare } from './trial.js';

const PROGRAM = fileURLToPath(new URL('probe.py', import.meta.url));
const [INSTALLED, RESULT] = ['/usr/lib/harden-lab/probe.py', '/run/harden-lab.json'];

/** What the probe looks for, below folders that a sandbox may hide. */
const MARKED = ['/home', '/root', '/run/user', '/tmp', '/var/tmp', '/dev', '/usr/lib/modules'];

/** What harden emitted for a daemon, and whether it is in force. */
export interface Enforcement {
  readonly daemon: string;
  readonly directives: readonly {
    readonly directive: string;
    readonly kind: 'denies' | 'allows' | 'set' | 'not probed';
    readonly fault: string | undefined;
  }[];
}

/** Starts a probe in the place of the daemon, with all directives, with each one alone, and with none. */
export async function tryEnforcement(
  root: string,
  daemon: Daemon,
  hardenWith: (container: Container, daemon: Daemon) => Promise<Hardening> = hardenUnit,
): Promise<Enforcement> {
  const container = await boot(root);
  try {
    await prepare(container, daemon);
    await markFolders(container);
    const hardening = await hardenWith(container, daemon);
    const bench = new Bench(container, daemon, hardening, await surroundingsOf(container));
    const directives = [];
    for (const directive of judged(hardening.directives)) directives.push(await bench.judge(directive));
    return { daemon: daemon.name, directives };
  } finally {
    await container.stop();
  }
}

/** The directives to judge, each once: the lines of a system call filter make one list, whatever their order. */
function judged(directives: readonly string[]): readonly string[] {
  const filters = directives.filter(isFilter);
  // For who takes ProtectSystem= without PrivateTmp=, which gives both anyway.
  const spare = directives.some((line) => line === 'PrivateTmp=yes')
    ? /^ReadWritePaths=(?:-?(?:\/var)?\/tmp ?)+$/
    : undefined;
  return [
    ...directives.filter((line) => !isFilter(line) && spare?.test(line) !== true),
    ...(filters.length === 0 ? [] : [filters.join('\n')]),
  ];
}

function isFilter(line: string): boolean {
  return splitDirective(line)[0] === 'SystemCallFilter';
}

async function markFolders(container: Container): Promise<void> {
  for (const folder of MARKED) await container.write(`${folder}/harden-lab`, '');
  await container.write(INSTALLED, readFileSync(PROGRAM, 'utf8'));
  // An address that is not the loopback's own, and yet is reached.
  await container.must(['ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo']);
}

async function surroundingsOf(container: Container): Promise<Surroundings> {
  const namespaces: Record<string, string> = {};
  for (const name of ['ipc', 'mnt', 'net', 'user', 'uts']) {
    namespaces[name] = await container.must(['readlink', `/proc/1/ns/${name}`]);
  }
  const groups = new Map<string, string[]>();
  let entries: string[] = [];
  for (const line of (await container.must(['systemd-analyze', 'syscall-filter', '--no-pager'])).split(
    '\n',
  )) {
    if (line.startsWith('@')) groups.set(line.trim(), (entries = []));
    else if (line.startsWith('    ') && !line.includes('#')) entries.push(line.trim());
  }
  return { namespaces, groups };
}

/** The unit of a daemon with a probe as its program. */
class Bench {
  /** Facts by the directives that were in force, as the same are asked for again. */
  readonly #found = new Map<string, Promise<Facts>>();

  constructor(
    readonly container: Container,
    readonly daemon: Daemon,
    readonly hardening: Hardening,
    readonly surroundings: Surroundings,
  ) {}

  async judge(directive: string): Promise<Enforcement['directives'][number]> {
    const [name, value] = splitDirective(directive);
    const probe = PROBES[name];
    if (probe === undefined) return { directive, kind: 'not probed', fault: 'there is no probe for it' };
    const { kind, identity = false } = probe;
    const holds = async (directives: readonly string[]): Promise<boolean> =>
      probe.holds(value, await this.facts(directives, identity), this.surroundings);
    const all = this.hardening.directives;
    const lines = directive.split('\n');
    const fault = async (): Promise<string | undefined> => {
      if (kind === 'set') return (await this.isSet(directive)) ? undefined : 'systemd does not take it';
      if (!(await holds(all))) return 'it is not in force beside the others';
      const others = kind === 'denies' ? [] : all.filter((line) => !lines.includes(line));
      if (await holds(others))
        return kind === 'denies' ? 'it is so without any of them' : 'it is so without it';
      if (kind === 'denies' && !(await holds(lines))) return 'alone it is not in force';
      return undefined;
    };
    return { directive, kind, fault: await fault() };
  }

  /** Whether systemd took the directive: it shows the value, or another one than without it. */
  private async isSet(directive: string): Promise<boolean> {
    const [name, value] = splitDirective(directive);
    const all = this.hardening.directives;
    const shown = await this.property(name, all);
    if (shown === value) return true;
    const others = all.filter((line) => line !== directive);
    return shown !== '' && shown !== (await this.property(name, others));
  }

  private async property(name: string, directives: readonly string[]): Promise<string> {
    await this.install(directives, true);
    const { stdout } = await this.container.call([
      'systemctl',
      'show',
      '--value',
      '-p',
      name,
      this.daemon.unit,
    ]);
    return stdout.trim();
  }

  facts(directives: readonly string[], identity: boolean): Promise<Facts> {
    const key = JSON.stringify([directives, identity]);
    const found = this.#found.get(key) ?? this.find(directives, identity);
    this.#found.set(key, found);
    return found;
  }

  private async find(directives: readonly string[], identity: boolean): Promise<Facts> {
    await this.install(directives, identity);
    const { unit } = this.daemon;
    await this.container.call(['rm', '-f', RESULT]);
    await this.container.call(['systemctl', 'reset-failed', unit]);
    const started = await this.container.call(['systemctl', 'start', unit]);
    const { stdout } = await this.container.call(['cat', RESULT]);
    if (started.code === 0) return JSON.parse(stdout) as Facts;
    const journal = await this.container.call([
      'journalctl',
      '--no-pager',
      '-o',
      'cat',
      '-n',
      '8',
      '-u',
      unit,
    ]);
    throw new Error(`the probe of ${unit} doesn't run with ${directives.join(', ')}:\n${journal.stdout}`);
  }

  private async install(directives: readonly string[], identity: boolean): Promise<void> {
    const { container, hardening, daemon } = this;
    await hardening.install(
      container,
      hardening.directives.filter((line) => !directives.includes(line)),
    );
    const paths = [...new Set(hardening.directives.flatMap(pathsOf))];
    const lines = [
      '[Service]',
      ...['ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecStop', 'ExecStopPost'].map((name) => `${name}=`),
      `ExecStart=/usr/bin/python3 ${INSTALLED} ${paths.join(' ')}`,
      ...[
        'Type=oneshot',
        'RemainAfterExit=no',
        'Restart=no',
        'PIDFile=',
        `StandardOutput=truncate:${RESULT}`,
      ],
      // As root, so that it is the sandbox that denies, and not the lack of a right.
      ...(identity ? [] : ['DynamicUser=no', 'User=', 'Group=']),
      ...(directives.some((line) => line.startsWith('NoExecPaths='))
        ? ['ExecPaths=/usr/bin /usr/lib /lib64']
        : []),
    ];
    await container.write(`/etc/systemd/system/${fileOf(daemon)}.d/zz-probe.conf`, `${lines.join('\n')}\n`);
    await container.must(['systemctl', 'daemon-reload']);
  }
}
