import { chownSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { harden } from '../../support/command.js';
import { lastLines } from '../../../src/io/process.js';
import type { Engine } from '../engine.js';
import { inFolders, startVerify } from './run-verify.js';

const BEFORE = fileURLToPath(new URL('../../../examples/gateway/before', import.meta.url));

/** The user of the image, for whom the folder with the notes has to be there. */
const NODE_USER = 1000;

const SMOKE =
  'curl -fsS -H "Authorization: Bearer $GATEWAY_TOKEN" http://127.0.0.1:$HARDEN_PORT_GATEWAY_18789/notes';

const WORKING = ['docker-compose.yml: gateway', 'docker-compose.yml: cache', 'docker-compose.yml'];

/** Takes the example through dry run, write and verify, as the README tells; what is wrong, or undefined. */
export async function tryExample(engine: Engine): Promise<string | undefined> {
  // The stand-in is Debian's Redis, with the entrypoint that both images have.
  await engine.must(['tag', 'redis:7', 'redis:7-alpine']);
  return inFolders('gateway', async (project, temporary) => {
    cpSync(BEFORE, project, { recursive: true });
    mkdirSync(join(project, 'state'));
    chownSync(join(project, 'state'), NODE_USER, NODE_USER);
    for (const mode of ['--dry-run', '--write']) {
      const { code, stdout, stderr } = await harden(project, [mode]);
      if (code !== 0) return `harden ${mode}: exit code ${code}: ${lastLines(stderr || stdout)}`;
    }
    if (!existsSync(join(project, 'docker-compose.hardened.yml'))) return 'nothing was written';
    const withToken = { ...engine, env: { ...engine.env, GATEWAY_TOKEN: 'of-the-lab' } };
    const stages = ['--stage', 'static', '--stage', 'build'];
    const verify = startVerify(withToken, project, temporary, [...stages, '--smoke', SMOKE]);
    const { code, rounds, stdout, stderr } = await verify.ended;
    const left = await verify.left();
    if (left.length > 0) return `it left ${left.join(', ')}`;
    const checks = rounds[0]?.checks ?? [];
    const works = WORKING.every((subject) =>
      checks.some(
        (check) => check.stage === 'run' && check.subject === subject && check.outcome === 'passed',
      ),
    );
    const built = checks.filter(({ stage, outcome }) => stage === 'build' && outcome === 'passed');
    if (code === 0 && works && built.length === 4) return undefined;
    return `exit code ${code}\n${lastLines(stdout + stderr, 40)}`;
  });
}
