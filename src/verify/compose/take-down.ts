import type { Engine } from '../tools.js';
import { LABEL } from './isolate.js';

const DOWN_PATIENCE = 120_000;

/** Nothing of a project is used again: no container needs time to end well. */
export function takeDown(engine: Engine, project: string): Promise<void> {
  return removeAll(engine, `label=com.docker.compose.project=${project}`);
}

/** Removes the containers, networks and volumes that a filter finds. Whatever was interrupted: this is not, and gets no signal. */
export async function removeAll(engine: Engine, filter: string): Promise<void> {
  const options = { timeout: DOWN_PATIENCE, apart: true };
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await engine.call([...args, '--quiet', '--filter', filter], options)).stdout
      .split('\n')
      .filter((id) => id !== '');
  // While a container uses them they can't be removed.
  const containers = await list('ps', '--all');
  if (containers.length > 0) await engine.call(['rm', '--force', '--volumes', ...containers], options);
  const [networks, volumes] = await Promise.all([list('network', 'ls'), list('volume', 'ls')]);
  if (networks.length > 0) await engine.call(['network', 'rm', ...networks], options);
  if (volumes.length > 0) await engine.call(['volume', 'rm', '--force', ...volumes], options);
}

/** What a label's value names, for `removeAll`. */
export function ownedBy(owner: string): string {
  return `label=${LABEL}=${owner}`;
}
