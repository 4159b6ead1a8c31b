import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { harden } from '../support/command.js';
import type { Engine } from './engine.js';
import type { Project } from './project.js';
import { type Answer, type Contents, restrictions, type Service, startService } from './service.js';
import { lastLines } from '../../src/io/process.js';

/** One thing that has to hold for a project. */
export interface Check {
  readonly name: string;
  /** What is wrong; undefined when it holds. */
  readonly fault: string | undefined;
}

/** What one of a project's two images is like. */
export interface Figures extends Contents {
  readonly bytes: number;
  readonly buildSeconds: number;
  /** The user that the image names. */
  readonly user: string;
}

export interface Trial {
  readonly project: string;
  readonly checks: readonly Check[];
  readonly before: Figures | undefined;
  readonly after: Figures | undefined;
}

const ORIGINAL = 'Dockerfile';
const HARDENED = 'Dockerfile.hardened';

type CheckThat = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** A fault that keeps the rest of the trial from being tried. */
class Fault extends Error {}

/** Converts a copy of the project, builds both, and compares how they run. */
export async function tryProject(engine: Engine, project: Project): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), `harden-lab-${project.name}-`));
  const [before, after] = [`lab/${project.name}:before`, `lab/${project.name}:after`];
  const checks: Check[] = [];
  /** Records whether it holds; what needs its result is not tried when it doesn't. */
  const check: CheckThat = async (name, work) => {
    try {
      const result = await work();
      checks.push({ name, fault: undefined });
      return result;
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      checks.push({ name, fault });
      throw new Fault(fault);
    }
  };
  let figures: [Figures?, Figures?] = [];
  try {
    cpSync(project.folder, folder, { recursive: true });
    rmSync(join(folder, 'project.json'));
    const original = await check('the original builds', () => build(engine, folder, ORIGINAL, before));
    const expected = await check('the original answers', () => run(engine, project, before, original));
    figures = [expected.figures];
    await check('is hardened', () => convert(folder, project));
    const refusal = stagesIn(folder) > 1 ? undefined : await reasonsOf(folder);
    checks.push({ name: 'gets a stage of its own to run in', fault: refusal });
    if (project.base !== 'slim')
      await check(`runs on ${project.base}`, async () => runsOn(folder, project.base));
    const hardened = await check('the hardened one builds', () => build(engine, folder, HARDENED, after));
    const options = restrictions(project);
    const service = await check('starts with a read-only root and no capabilities', () =>
      startService(engine, project, after, options),
    );
    try {
      await tryHardened(check, service, expected.answers);
      figures = [expected.figures, { ...hardened, ...(await service.contents()) }];
      await check('ends as soon as the original does', async () => {
        if ((await service.end()) === undefined && expected.ends) throw new Error('had to be killed');
      });
    } finally {
      await service.remove();
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await engine.call(['image', 'rm', '--force', before, after]);
  }
  return { project: project.name, checks, before: figures[0], after: figures[1] };
}

async function tryHardened(check: CheckThat, service: Service, expected: readonly Answer[]): Promise<void> {
  await check('answers as the original does', async () => {
    const answers = await logged(service, () => service.answers());
    const at = answers.findIndex((answer, index) => !isDeepStrictEqual(answer, expected[index]));
    if (at === -1) return;
    const [said, wanted] = [answers[at], expected[at]].map((answer) => JSON.stringify(answer));
    throw new Error(`request ${at + 1}: ${said}\ninstead of ${wanted}\n${await service.log()}`);
  });
  await check('is not root', async () => {
    const { uid } = await service.contents();
    if (!(uid > 0)) throw new Error(`runs as ${uid}`);
  });
  await check('is healthy, where it can say so', async () => {
    const health = await service.health();
    if (health !== undefined && health !== 'healthy') throw new Error(`is ${health}`);
  });
}

type Built = Pick<Figures, 'bytes' | 'buildSeconds' | 'user'>;

async function build(engine: Engine, context: string, file: string, tag: string): Promise<Built> {
  const before = performance.now();
  // Without the cache: the hardened file begins as the original does, and would get its layers for nothing.
  const args = ['build', '--progress', 'plain', '--no-cache', '--network', 'host', '--tag', tag];
  const { code, stdout, stderr } = await engine.call([...args, '--file', join(context, file), context]);
  if (code !== 0) throw new Error(lastLines(stderr || stdout));
  const buildSeconds = (performance.now() - before) / 1000;
  const [bytes, user] = (await engine.must(['inspect', '-f', '{{.Size}} {{.Config.User}}', tag])).split(' ');
  return { bytes: Number(bytes), user: user === undefined || user === '' ? 'root' : user, buildSeconds };
}

/** How the original does what the hardened one must do alike. */
interface Original {
  readonly answers: readonly Answer[];
  readonly figures: Figures;
  /** False where it had to be killed: a first process without a handler gets no SIGTERM. */
  readonly ends: boolean;
}

/** Starts the original as its author means it. */
async function run(engine: Engine, project: Project, image: string, built: Built): Promise<Original> {
  const service = await startService(engine, project, image, []);
  try {
    const answers = await logged(service, () => service.answers());
    const failed = answers.findIndex(({ status }) => status >= 500);
    if (failed !== -1) throw new Error(`request ${failed + 1}: ${JSON.stringify(answers[failed])}`);
    const figures = { ...built, ...(await service.contents()) };
    return { answers, figures, ends: (await service.end()) !== undefined };
  } finally {
    await service.remove();
  }
}

/** What a service printed tells more than that it didn't answer. */
async function logged<T>(service: Service, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${lastLines(String(error), 6)}\nlog:\n${await service.log()}`, { cause: error });
  }
}

/** Runs the built command line on the project, as a user would. */
async function convert(folder: string, { base }: Project): Promise<void> {
  const options = base === 'slim' ? [] : ['--phase', '3', '--base', base];
  const { code, stdout, stderr } = await harden(folder, ['--write', '--format', 'dockerfile', ...options]);
  if (code !== 0) throw new Error(`exit code ${code}: ${lastLines(stderr || stdout)}`);
  const path = join(folder, HARDENED);
  if (!existsSync(path)) throw new Error(`nothing was written:\n${lastLines(stdout)}`);
  // BuildKit would fetch the front end that this line names.
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^# *syntax=.*\n/m, ''));
}

function runsOn(folder: string, base: string): void {
  const image =
    readFileSync(join(folder, HARDENED), 'utf8')
      .match(/^FROM\s.*$/gim)
      ?.at(-1) ?? '';
  if (!new RegExp(`\\b${base}\\b`).test(image)) throw new Error(image);
}

function stagesIn(folder: string): number {
  return (readFileSync(join(folder, HARDENED), 'utf8').match(/^FROM\s/gim) ?? []).length;
}

/** Why the build stays in the stage that runs, in harden's own words. */
async function reasonsOf(folder: string): Promise<string> {
  return lastLines((await harden(folder, ['--only', 'dockerfile/separate-build'])).stdout);
}
