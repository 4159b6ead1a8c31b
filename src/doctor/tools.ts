import { redact } from '../core/redact.js';
import { call } from '../io/process.js';
import {
  COMPOSE_COMMANDS,
  findCommand,
  findEngine,
  isMissing,
  type Command,
  type Missing,
} from '../verify/tools.js';
import type { Checkup } from './finding.js';

/** How long a tool may take to answer, in milliseconds. */
const PATIENCE = { timeout: 15_000 };

const ENGINES = { docker: 'systemctl start docker', podman: 'podman system migrate, or install crun' };

/** The engines and programs that `harden verify` uses. */
export async function engineCheckups(): Promise<readonly Checkup[]> {
  const [engines, more] = await Promise.all([Promise.all([engine('docker'), engine('podman')]), programs()]);
  // One that does not answer is no fault where another one does.
  const works = engines.some(({ state }) => state === 'ok');
  return [
    ...engines.map((one) => (works && one.state === 'broken' ? { ...one, state: 'absent' as const } : one)),
    ...more,
  ];
}

async function engine(name: keyof typeof ENGINES): Promise<Checkup> {
  const base = { group: 'engines', name, purpose: 'harden verify builds and starts with it' } as const;
  const found = await findEngine(name, PATIENCE);
  if (!isMissing(found)) return { ...base, state: 'ok', detail: found.version };
  if (found.missing.endsWith('is not installed'))
    return { ...base, ...absent(found), advice: `install ${name}, or the other engine` };
  return {
    ...base,
    state: 'broken',
    detail: redact(found.missing),
    advice: `start its engine: ${ENGINES[name]}`,
  };
}

function absent({ missing }: Missing): Pick<Checkup, 'state' | 'detail'> {
  return { state: 'absent', detail: /not installed$/.test(missing) ? 'not installed' : redact(missing) };
}

async function programs(): Promise<readonly Checkup[]> {
  const asked: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
    ['docker buildx', ['docker', 'buildx'], ['version'], 'builds with BuildKit, secret mounts too'],
    ...COMPOSE_COMMANDS.map(
      (words) =>
        [
          words.join(' '),
          words,
          ['version', '--short'],
          'harden verify reads and starts Compose projects with it',
        ] as const,
    ),
    ['flyctl', ['flyctl'], ['version'], 'harden verify checks fly.toml files with it'],
  ];
  const found = await Promise.all(
    asked.map(async ([name, words, version, purpose]): Promise<Checkup> => ({
      ...{ group: 'engines', name, purpose },
      ...stateOf(await findCommand(words, version, PATIENCE)),
    })),
  );
  const others = await Promise.all([
    programCheckup('engines', 'buildah', 'harden verify builds with it where there is no engine'),
    programCheckup('engines', 'systemd-analyze', 'harden verify checks units with it'),
  ]);
  return [...found, ...others];
}

function stateOf(found: Command | Missing): Pick<Checkup, 'state' | 'detail'> {
  return isMissing(found) ? absent(found) : { state: 'ok', detail: shortVersion(found.version) };
}

/** `github.com/docker/buildx v0.17.1 257815a` and `git version 2.47.3` have their number in them. */
function shortVersion(text: string): string {
  return /\bv?\d+(?:\.\d+)*\S*/.exec(text)?.[0].replace(/^v/, '') ?? text;
}

/** A program that says its version in the first line of `--version`. */
export async function programCheckup(
  group: Checkup['group'],
  name: string,
  purpose: string,
): Promise<Checkup> {
  const { code, stdout } = await call(name, ['--version'], PATIENCE);
  const version = shortVersion(stdout.split('\n')[0] ?? '');
  return code === 0
    ? { group, name, purpose, state: 'ok', detail: version }
    : { group, name, purpose, state: 'absent', detail: 'not installed' };
}
