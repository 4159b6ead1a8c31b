import type { Command, Engine } from '../tools.js';
import { LABEL } from './isolate.js';

const DOWN_PATIENCE = 120_000;

/** Whatever was interrupted: this is not, and gets no signal. */
export async function takeDown(
  { compose, engine }: { readonly compose: Command; readonly engine: Engine },
  project: string,
  file: string,
): Promise<void> {
  const options = { timeout: DOWN_PATIENCE, apart: true };
  // Nothing of it is used again: no container needs time to end well.
  const down = ['down', '--volumes', '--remove-orphans', '--timeout', '0'];
  await compose.call(['--project-name', project, '--file', file, ...down], options);
  await removeAll(engine, `label=com.docker.compose.project=${project}`);
}

/** Removes the containers, networks and volumes that a filter finds. */
export async function removeAll(engine: Engine, filter: string): Promise<void> {
  const options = { timeout: DOWN_PATIENCE, apart: true };
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await engine.call([...args, '--quiet', '--filter', filter], options)).stdout
      .split('\n')
      .filter((id) => id !== '');
  const containers = await list('ps', '--all');
  if (containers.length > 0) await engine.call(['rm', '--force', '--volumes', ...containers], options);
  const networks = await list('network', 'ls');
  if (networks.length > 0) await engine.call(['network', 'rm', ...networks], options);
  const volumes = await list('volume', 'ls');
  if (volumes.length > 0) await engine.call(['volume', 'rm', '--force', ...volumes], options);
}

/** What a label's value names, for `removeAll`. */
export function ownedBy(owner: string): string {
  return `label=${LABEL}=${owner}`;
}
