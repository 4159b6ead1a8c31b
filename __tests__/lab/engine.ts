import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, type CallOptions, lastLines, must, type Outcome } from '../../src/io/process.js';

/** Sockets and namespaces; not below the folder, whose path may be too long for a socket. */
function execRootOf(folder: string): string {
  return `/run/harden-lab-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 8)}`;
}

/** A container engine of the lab's own, beside any other one of the machine. */
export interface Engine {
  /** The variables by which any other program finds its command line and the engine. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command line; the caller judges its exit code. */
  call(args: readonly string[], options?: CallOptions): Promise<Outcome>;
  /** Runs a command that has to succeed, and returns what it printed, without the last line's end. */
  must(args: readonly string[], options?: CallOptions): Promise<string>;
  /** Asks the engine itself, for what is asked often: https://docs.docker.com/reference/api/engine/ */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the engine on `folder`, where its images stay for the next run. */
export async function startEngine(folder: string, programs: readonly string[]): Promise<Engine> {
  mkdirSync(folder, { recursive: true });
  const execRoot = execRootOf(folder);
  mkdirSync(execRoot, { recursive: true });
  const socket = `${execRoot}/docker.sock`;
  const env = {
    PATH: [...programs, process.env.PATH ?? ''].join(':'),
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: commandLine(folder, programs),
  };
  const pidFile = `${execRoot}/docker.pid`;
  if (isAlive(pidFile)) throw new Error(`the engine of another run is alive: ${pidFile}`);
  const configuration = join(folder, 'daemon.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      'data-root': join(folder, 'data'),
      'exec-root': execRoot,
      pidfile: pidFile,
      hosts: [`unix://${socket}`],
      // Networks are those that Compose makes; without rules of a firewall, ports are published by the engine's proxy.
      // Builds use the machine's network.
      bridge: 'none',
      iptables: false,
      ip6tables: false,
      // Sizes are those of unpacked files.
      features: { buildkit: true, 'containerd-snapshotter': false },
    }),
  );
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  // In a mount namespace of its own, with which all that it mounts is gone.
  const daemon = spawn('unshare', ['--mount', 'dockerd', '--config-file', configuration], {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    // Not in the terminal's group: ^C ends the lab, which then ends the engine.
    detached: true,
  });
  closeSync(output);
  const engine: Engine = {
    env,
    call: (args, options = {}) => call('docker', args, { ...options, env: { ...env, ...options.env } }),
    must: async (args, options = {}) =>
      (await must('docker', args, { ...options, env: { ...env, ...options.env } })).trimEnd(),
    get: (path) => getJson(socket, path),
    stop: async () => {
      await clear(engine);
      await stop(daemon, execRoot);
    },
  };
  for (let tries = 0; tries < 150; tries += 1) {
    if (daemon.exitCode !== null) break;
    if (existsSync(socket) && (await engine.call(['version'])).code === 0) {
      await clear(engine);
      return engine;
    }
    await sleep(200);
  }
  await engine.stop();
  throw new Error(`the engine doesn't start:\n${lastLines(readFileSync(log, 'utf8'))}`);
}

function getJson(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path }, (response) => {
      json(response).then((body) => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${path}: ${JSON.stringify(body)}`));
      }, reject);
    });
    request.on('error', reject);
  });
}

/** Removes what a run left that was killed or interrupted: the machine would keep the interfaces of networks. */
async function clear(engine: Engine): Promise<void> {
  const { stdout } = await engine.call(['ps', '--all', '--quiet']);
  const left = stdout.split('\n').filter((id) => id !== '');
  if (left.length > 0) await engine.call(['rm', '--force', '--volumes', ...left]);
  await engine.call(['network', 'prune', '--force']);
  await engine.call(['volume', 'prune', '--all', '--force']);
}

/** The command line finds BuildKit's and Compose's plugins only in folders of its own. */
function commandLine(folder: string, programs: readonly string[]): string {
  const configuration = join(folder, 'cli');
  const plugins = join(configuration, 'cli-plugins');
  rmSync(configuration, { recursive: true, force: true });
  mkdirSync(plugins, { recursive: true });
  for (const plugin of ['docker-buildx', 'docker-compose']) {
    const found = programs
      .map((program) => join(program, '../libexec/docker/cli-plugins', plugin))
      .find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(plugins, plugin));
  }
  return configuration;
}

function isAlive(pidFile: string): boolean {
  if (!existsSync(pidFile)) return false;
  const name = `/proc/${readFileSync(pidFile, 'utf8').trim()}/comm`;
  return existsSync(name) && readFileSync(name, 'utf8').trim() === 'dockerd';
}

/** Ends the engine, and with it its containers. */
async function stop(daemon: ChildProcess, execRoot: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    const late = setTimeout(() => daemon.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(late);
  }
  rmSync(execRoot, { recursive: true, force: true });
}
