import { call, type CallOptions, type Outcome } from '../io/process.js';

/** A container engine's command line. */
export interface Engine {
  readonly name: 'docker' | 'podman';
  readonly version: string;
  /** Runs the command line; the caller judges its exit code. */
  call(args: readonly string[], options?: CallOptions): Promise<Outcome>;
}

/** What this machine has to verify with; of what is missing, why. */
export interface Tools {
  readonly engine: Engine | Missing;
  /** Docker Compose, version 2; `config` works without an engine. */
  readonly compose: Command | Missing;
  /** The Compose that speaks to `engine`. */
  readonly composeUp: Command | Missing;
  readonly buildah: Command | Missing;
  readonly systemdAnalyze: Command | Missing;
  readonly flyctl: Command | Missing;
}

/** A program that is there; its arguments are appended. */
export interface Command {
  readonly version: string;
  call(args: readonly string[], options?: CallOptions): Promise<Outcome>;
}

export interface Missing {
  /** As a sentence's end: `docker is not installed`. */
  readonly missing: string;
}

export function isMissing(tool: object): tool is Missing {
  return 'missing' in tool;
}

/** How long a tool may take to say its version, in milliseconds. */
const PATIENCE = 15_000;

/** Asks this machine what it has. */
export async function findTools(signal?: AbortSignal): Promise<Tools> {
  const options = { timeout: PATIENCE, signal };
  const [docker, podman, buildah, systemdAnalyze, fly] = await Promise.all([
    findEngine('docker', options),
    findEngine('podman', options),
    findCommand(['buildah'], ['--version'], options),
    findCommand(['systemd-analyze'], ['--version'], options),
    findCommand(['flyctl'], ['version'], options),
  ]);
  const engine = isMissing(docker) && !isMissing(podman) ? podman : docker;
  const [compose, composeUp] = await Promise.all([
    firstOf(COMPOSE_COMMANDS, options),
    isMissing(engine)
      ? engine
      : firstOf(
          COMPOSE_COMMANDS.filter((words) => speaksTo(words, engine)),
          options,
        ),
  ]);
  return { engine, compose, composeUp, buildah, systemdAnalyze, flyctl: fly };
}

export const COMPOSE_COMMANDS = [['docker', 'compose'], ['docker-compose'], ['podman', 'compose']];

function speaksTo([program = '']: readonly string[], { name }: Engine): boolean {
  return (program === 'podman') === (name === 'podman');
}

/** An engine that answers; a command line alone is none. */
export async function findEngine(name: Engine['name'], options: CallOptions): Promise<Engine | Missing> {
  const format = name === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}';
  const { code, stdout, stderr } = await call(name, ['version', '--format', format], options);
  if (code === 127) return { missing: `${name} is not installed` };
  if (code !== 0) return { missing: `${name} has no engine here: ${stderr.trim().split('\n')[0] ?? ''}` };
  return { name, version: stdout.trim(), call: (args, more) => call(name, args, more) };
}

async function firstOf(
  commands: readonly (readonly string[])[],
  options: CallOptions,
): Promise<Command | Missing> {
  for (const words of commands) {
    const found = await findCommand(words, ['version', '--short'], options);
    // Version 1 knows another file format, and podman-compose no `config --format json`.
    if (!isMissing(found) && /^v?[2-9]/.test(found.version)) return found;
  }
  return { missing: `${commands.map((words) => words.join(' ')).join(' or ')} (version 2) is not installed` };
}

/** A program that is there, by how it tells its version. */
export async function findCommand(
  words: readonly string[],
  asked: readonly string[],
  options: CallOptions,
): Promise<Command | Missing> {
  const [program, ...first] = words as [string, ...string[]];
  const { code, stdout } = await call(program, [...first, ...asked], options);
  if (code !== 0) return { missing: `${words.join(' ')} is not installed` };
  const lines = stdout.trim().split('\n');
  // Behind it stands what it was built with, or its licence: https://www.gnu.org/prep/standards/html_node/_002d_002dversion.html
  const version = (asked[0] === '--version' ? lines[0] : lines.at(-1)) ?? '';
  return { version, call: (args, more) => call(program, [...first, ...args], more) };
}
