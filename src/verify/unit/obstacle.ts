import { isTaken } from './install.js';
import { type Manager, show } from './manager.js';

/** Why a unit is better not started here, before anything of it is touched; undefined when it may be. */
export async function obstacleTo(manager: Manager, unit: string): Promise<string | undefined> {
  const seen = await show(manager, unit, ['ActiveState', 'LoadState']);
  const state = seen.get('ActiveState') ?? 'inactive';
  if (state !== 'inactive' && state !== 'failed') {
    return `${unit} is ${state} here: stop it first, or verify on another machine`;
  }
  if (seen.get('LoadState') === 'masked') return `${unit} is masked here, so that nothing starts it`;
  if (isTaken(manager, unit)) return `${manager.folder} holds a ${unit} already`;
  return undefined;
}

/** What else starting an installed unit would do. */
export interface Surroundings {
  /** Why it is better not started; undefined when it may be. */
  readonly obstacle: string | undefined;
  /** What it would start that does not run yet. */
  readonly idle: readonly string[];
}

/** Looks at the units around one that is installed and not yet started. */
export async function lookAround(manager: Manager, unit: string): Promise<Surroundings> {
  const names = ['Requires', 'Wants', 'BindsTo', 'Conflicts', 'TriggeredBy', 'LoadState', 'LoadError'];
  const seen = await show(manager, unit, names);
  const words = (name: string): readonly string[] => (seen.get(name) ?? '').split(' ').filter(Boolean);
  const conflicts = await active(
    manager,
    words('Conflicts').filter((name) => name !== 'shutdown.target'),
  );
  const triggers = await active(
    manager,
    words('TriggeredBy').filter((name) => !name.endsWith('.timer')),
  );
  const needed = ['Requires', 'Wants', 'BindsTo'].flatMap(words);
  const units = needed.filter((name) => /\.(?:service|socket)$/.test(name));
  const running = await active(manager, units);
  return {
    obstacle:
      seen.get('LoadState') !== 'loaded'
        ? `systemd can't load it: ${seen.get('LoadError') ?? seen.get('LoadState') ?? ''}`
        : conflicts[0] !== undefined
          ? `to start it would stop ${conflicts[0]}`
          : triggers[0] === undefined
            ? undefined
            : `${triggers[0]} is active here and would start it: stop it first`,
    idle: units.filter((name) => !running.includes(name)),
  };
}

/** Those of the units that are up. */
export async function active(manager: Manager, units: readonly string[]): Promise<readonly string[]> {
  if (units.length === 0) return [];
  // One line for each, in their order.
  const states = (await manager.call(['is-active', '--', ...units])).stdout.split('\n');
  return units.filter((_, at) => /^(?:active|activating|reloading)$/.test(states[at] ?? ''));
}
