/**
 * `npm run lab:forge -- [github|gitlab|gitea...] [--gitlab FILE] [--gitea FILE] [--folder FOLDER]`: does all that harden
 * does on a forge, with each of its methods and as `harden pr`, and lets prism check each request and each answer of the fake forge by the forge's description; exit
 * code 1 when one is not valid. GitHub's description and Gitea's come from npm; GitLab's is in no package: what harden
 * uses of it is described in `gitlab-contract.yaml`, and FILE can be `doc/api/openapi/openapi_v2.yaml` of GitLab's
 * source. prism and the descriptions stay in the folder for the next run.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/core/errors.js';
import { createForge } from '../../../src/forge/forge.js';
import { type ForgeKind, FORGE_KINDS } from '../../../src/forge/types.js';
import { TOKEN } from '../../support/clone.js';
import { MAIN } from '../../support/command.js';
import { startFakeGitea, startFakeGithub, startFakeGitlab } from '../../support/fake-forge/index.js';
import { fetchDescription, fetchPrism } from './descriptions.js';
import { type Prism, startPrism } from './prism.js';
import { PR_SCENARIO, STATE_SCENARIOS } from './pr-scenarios.js';
import { FORGE_SCENARIOS, type Scenario, TEAM_SCENARIO } from './scenarios.js';

const STARTS = { github: startFakeGithub, gitlab: startFakeGitlab, gitea: startFakeGitea };

const SCENARIOS: Readonly<Record<ForgeKind, readonly Scenario[]>> = {
  github: [...FORGE_SCENARIOS, TEAM_SCENARIO, PR_SCENARIO, ...STATE_SCENARIOS],
  gitlab: [...FORGE_SCENARIOS, PR_SCENARIO],
  gitea: [...FORGE_SCENARIOS, TEAM_SCENARIO, PR_SCENARIO],
};

const began = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${text}`);
}

/** Plays a scenario; what went wrong, or what prism found wrong. */
async function play(kind: ForgeKind, { state, run }: Scenario, prism: Prism): Promise<readonly string[]> {
  const fake = await STARTS[kind]({ path: 'octo/app', ...state, token: TOKEN, witness: prism.witness });
  try {
    const place = { kind, api: fake.api, host: fake.host, path: fake.path };
    await run(fake, await createForge(place, TOKEN), kind);
    return prism.takeFaults();
  } catch (error) {
    return [...prism.takeFaults(), messageOf(error)];
  } finally {
    await fake.close();
  }
}

/** A request that is wrong, as is its answer: prism has to say so of both, or its silence says nothing. */
const WRONG: Scenario = {
  name: 'a wrong request and a wrong answer are found',
  state: { pulls: [{}] },
  run: async (_, forge) => {
    await forge.update(1, { body: 7 as unknown as string });
  },
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { gitlab: { type: 'string' }, gitea: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const folder = values.folder ?? join(tmpdir(), 'harden-lab', 'forge');
  const program = await fetchPrism(folder);
  let [passed, failed] = [0, 0];
  const tell = (name: string, faults: readonly string[]): void => {
    if (faults.length === 0) passed += 1;
    else failed += 1;
    say(`${faults.length === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
    for (const fault of new Set(faults)) console.log(fault.replace(/^/gm, '          '));
  };
  const tryForge = async (kind: ForgeKind): Promise<void> => {
    const given = kind === 'github' ? undefined : values[kind];
    const description = await fetchDescription(folder, kind, given);
    // GitLab's own description lacks some paths, and gives texts for numbers and truth values in what is answered.
    const thorough = !(kind === 'gitlab' && given !== undefined);
    const prism = await startPrism(program, description, thorough);
    try {
      for (const scenario of SCENARIOS[kind])
        tell(`${kind}: ${scenario.name}`, await play(kind, scenario, prism));
      const found = await play(kind, WRONG, prism);
      const missed = (thorough ? ['request.body', 'response.body'] : ['request.body']).filter(
        (place) => !found.some((fault) => fault.includes(place)),
      );
      tell(`${kind}: ${WRONG.name}`, missed);
      say(`        ${kind}: ${prism.checked()} requests and their answers were checked`);
      for (const what of prism.unknown()) say(`        ${kind}: not in the description: ${what}`);
    } finally {
      await prism.close();
    }
  };
  const kinds = FORGE_KINDS.filter((name) => positionals.length === 0 || positionals.includes(name));
  // Side by side: they wait for programs to start most of the time.
  await Promise.all(kinds.map(tryForge));
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

// The end of this process is what ends prism.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.exitCode = await main();
