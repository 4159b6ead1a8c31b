import { findPlace, type Environment } from '../forge/detect.js';
import { FORGE_NAMES } from '../forge/problems.js';
import { findToken } from '../forge/token.js';
import { call } from '../io/process.js';
import type { Checkup } from './finding.js';
import { programCheckup } from './tools.js';

const PATIENCE = { timeout: 15_000 };

/** git, the forge that the tree's remote is on, and whether there is a token for it: of a token only where it is. */
export async function forgeCheckups(root: string, environment: Environment): Promise<readonly Checkup[]> {
  const [git, ...keepers] = await Promise.all([
    programCheckup('forges', 'git', 'harden pr, --since and verify --original need it'),
    programCheckup('forges', 'gh', 'keeps a token for GitHub'),
    programCheckup('forges', 'glab', 'keeps a token for GitLab'),
  ]);
  const place = git.state === 'ok' ? await repository(root, environment) : [];
  return [git, ...keepers, ...place];
}

async function repository(root: string, environment: Environment): Promise<readonly Checkup[]> {
  const base = {
    group: 'forges',
    name: 'repository',
    purpose: 'harden pr opens pull requests for it',
  } as const;
  const top = await call('git', ['rev-parse', '--show-toplevel'], { cwd: root, ...PATIENCE });
  if (top.code !== 0) return [{ ...base, state: 'absent', detail: 'no git repository is here' }];
  const remote = await call('git', ['remote', 'get-url', 'origin'], { cwd: root, ...PATIENCE });
  if (remote.code !== 0) return [{ ...base, state: 'absent', detail: 'it has no remote origin' }];
  const found = findPlace(remote.stdout, { environment });
  if (!found.ok) return [{ ...base, state: 'absent', detail: found.reason }];
  const { place } = found;
  const where = `${place.path} on ${FORGE_NAMES[place.kind]}, ${place.host}`;
  const token = await findToken(place, environment);
  const ofToken = {
    group: 'forges',
    name: 'token',
    purpose: `harden pr speaks to ${place.host} with it`,
  } as const;
  return [
    { ...base, state: 'ok', detail: where },
    token.ok
      ? { ...ofToken, state: 'ok', detail: `there, from ${token.value.source}` }
      : { ...ofToken, state: 'absent', detail: 'none', advice: token.problem.reason },
  ];
}
