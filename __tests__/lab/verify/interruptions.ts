import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/core/errors.js';
import { call, must } from '../../../src/io/process.js';
import type { Engine } from '../engine.js';
import type { Check } from '../trial.js';
import { layOut, type WrongCase } from './case.js';
import { inFolders, startVerify, type Verify } from './run-verify.js';

/** It is up, and looked at, long enough to be interrupted. */
const STEADY: WrongCase = {
  name: 'interrupted',
  project: 'verify/projects/listing',
  wrong: { 'docker-compose.yml': [['    init: true\n', '    init: true\n    pids_limit: 100\n']] },
  cause: /never/,
};

/** Ways in which verify can't come to its end, but for an engine that ends. */
export function tryInterruptions(): readonly ((engine: Engine) => Promise<Check>)[] {
  const named =
    (name: string, attempt: (engine: Engine) => Promise<string | undefined>) =>
    async (engine: Engine): Promise<Check> => ({ name, fault: await attempt(engine).catch(messageOf) });
  return [
    named('ended by SIGINT, it leaves nothing', (engine) => interrupted(engine, 'SIGINT')),
    named('ended by SIGTERM, it leaves nothing', (engine) => interrupted(engine, 'SIGTERM')),
    named('what SIGKILL leaves is swept by the next', killed),
    named('on a full disk it says so and leaves nothing', onFullDisk),
  ];
}

/** Last of all: the engine is gone then. */
export async function tryWithoutEngine(engine: Engine): Promise<Check> {
  const fault = await inFolders('engine', async (project, temporary) => {
    layOut(STEADY, project);
    const verify = startVerify(engine, project, temporary, []);
    await untilStarted(engine, verify);
    await engine.stop();
    const { code, stderr } = await verify.ended;
    if (code === 0) return 'it passes without an engine';
    if (!stderr.includes('the engine does not answer any more')) return `it doesn't tell: ${stderr}`;
    return told(readdirSync(temporary).filter((name) => name.startsWith('harden-verify-')));
  }).catch(messageOf);
  return { name: 'when the engine ends, it says so and leaves no folder', fault };
}

async function interrupted(engine: Engine, signal: 'SIGINT' | 'SIGTERM'): Promise<string | undefined> {
  return inFolders('interrupted', async (project, temporary) => {
    layOut(STEADY, project);
    const verify = startVerify(engine, project, temporary, []);
    await untilStarted(engine, verify);
    verify.process.kill(signal);
    const { code, stderr } = await verify.ended;
    if (code !== 2) return `exit code ${code}: ${stderr}`;
    if (!stderr.includes('interrupted')) return `it doesn't tell: ${stderr}`;
    return told(await verify.left());
  });
}

async function killed(engine: Engine): Promise<string | undefined> {
  return inFolders('killed', async (project, temporary) => {
    layOut(STEADY, project);
    const verify = startVerify(engine, project, temporary, []);
    await untilStarted(engine, verify);
    verify.process.kill('SIGKILL');
    await verify.ended;
    if ((await verify.left()).length === 0) return 'it left nothing to sweep';
    const { code, stderr } = await startVerify(engine, project, temporary, []).ended;
    return code === 0 ? told(await verify.left()) : `the next one fails: ${stderr}`;
  });
}

/** In KiB; the project's tree is larger. */
const DISK = 256;

async function onFullDisk(engine: Engine): Promise<string | undefined> {
  return inFolders('full', async (project, temporary) => {
    layOut({ ...STEADY, files: { 'large.txt': 'x'.repeat(DISK * 2048) } }, project);
    await must('mount', ['-t', 'tmpfs', '-o', `size=${DISK}k`, 'tmpfs', temporary]);
    try {
      const verify = startVerify(engine, project, temporary, []);
      const { code, stderr } = await verify.ended;
      if (code !== 2 || !stderr.includes('no space')) return `exit code ${code}: ${stderr}`;
      return told(await verify.left());
    } finally {
      await call('umount', ['--lazy', temporary]);
    }
  });
}

function told(left: readonly string[]): string | undefined {
  return left.length === 0 ? undefined : `it left ${left.join(', ')}`;
}

/** Until the project is on its way up. */
async function untilStarted(engine: Engine, verify: Verify): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const left = await verify.left();
    const { stdout } = await engine.call(['ps', '--format', '{{.Names}}']);
    if (left.some((name) => stdout.split('\n').includes(name))) return;
    await sleep(100);
  }
  throw new Error('verify starts nothing');
}
