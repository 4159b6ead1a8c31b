import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.js';
import type { Project } from './project.js';
import { call, lastLines, must } from '../../src/io/process.js';

const ASK = fileURLToPath(new URL('ask.mjs', import.meta.url));

/** How long a service may take to answer for the first time, and to end. */
const PATIENCE = { start: 30_000, stop: 10, health: 30_000 } as const;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is in the file system of an image, and who runs it. */
export interface Contents {
  readonly packages: number;
  readonly setuid: number;
  /** The user identity of the first process. */
  readonly uid: number;
}

/** A started container. */
export interface Service {
  answers(): Promise<readonly Answer[]>;
  contents(): Promise<Contents>;
  /** Waits until the image's own check is content; undefined when the image has none. */
  health(): Promise<string | undefined>;
  /** Asks it to end, and says in how many seconds it did; undefined when it had to be killed. */
  end(): Promise<number | undefined>;
  /** What it printed last. */
  log(): Promise<string>;
  remove(): Promise<void>;
}

/** What a careful operator starts a container with; the project's own volumes stay writable. */
export function restrictions(project: Project): readonly string[] {
  return [
    ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...project.tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...project.volumes.flatMap((path) => ['--volume', path]),
  ];
}

export async function startService(
  engine: Engine,
  project: Project,
  image: string,
  options: readonly string[],
): Promise<Service> {
  const env = Object.entries(project.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  // The first check would otherwise come after the image's interval, which may be long.
  const id = await engine.must([
    'create',
    '--network',
    'none',
    '--health-interval',
    '1s',
    ...env,
    ...options,
    image,
  ]);
  const inspect = (format: string): Promise<string> => engine.must(['inspect', '--format', format, id]);
  const pid = (): Promise<string> => inspect('{{.State.Pid}}');
  const log = async (): Promise<string> => {
    const { stdout, stderr } = await engine.call(['logs', '--tail', '25', id]);
    return lastLines(stdout + stderr);
  };
  const remove = async (): Promise<void> => {
    await engine.call(['rm', '--force', '--volumes', id]);
  };
  const started = await engine.call(['start', id]);
  if (started.code !== 0) {
    await remove();
    throw new Error(`doesn't start: ${started.stderr.trim()}`);
  }
  return {
    answers: async () => ask(project, await pid()),
    contents: async () => contentsOf(await pid()),
    health: async () => {
      if ((await inspect('{{if .Config.Healthcheck}}{{.Config.Healthcheck.Test}}{{end}}')) === '')
        return undefined;
      let status = 'starting';
      for (let waited = 0; status === 'starting' && waited < PATIENCE.health; waited += 250) {
        await sleep(250);
        status = await inspect('{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}');
      }
      return status === 'none' ? undefined : status;
    },
    end: async () => {
      const before = performance.now();
      await engine.must(['stop', '--time', String(PATIENCE.stop), id]);
      const seconds = (performance.now() - before) / 1000;
      return (await inspect('{{.State.ExitCode}}')) === '137' ? undefined : seconds;
    },
    log,
    remove,
  };
}

async function ask({ port, requests }: Project, pid: string): Promise<readonly Answer[]> {
  const input = JSON.stringify({ port, requests, patience: PATIENCE.start });
  const output = await must('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, ASK], { input });
  return JSON.parse(output) as readonly Answer[];
}

/** Reads the running container's files from outside: a small image has no tools for it. */
async function contentsOf(pid: string): Promise<Contents> {
  const root = `/proc/${pid}/root`;
  const found = await call('find', [`${root}/`, '-xdev', '-type', 'f', '-perm', '/6000']);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    packages: packagesIn(root),
    setuid: found.stdout.split('\n').filter((line) => line !== '').length,
    uid: Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]),
  };
}

/** Packages of dpkg (also in the files that distroless images have), apk. */
function packagesIn(root: string): number {
  const count = (path: string, pattern: RegExp): number =>
    existsSync(join(root, path)) ? (readFileSync(join(root, path), 'utf8').match(pattern) ?? []).length : 0;
  const parts = join(root, 'var/lib/dpkg/status.d');
  return (
    count('var/lib/dpkg/status', /^Status: install ok installed$/gm) +
    (existsSync(parts) ? readdirSync(parts).filter((name) => !name.endsWith('.md5sums')).length : 0) +
    count('lib/apk/db/installed', /^P:/gm)
  );
}
