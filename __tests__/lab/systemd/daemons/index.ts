import type { Daemon } from '../daemon.js';
import { DATA } from './data.js';
import { METRICS } from './metrics.js';
import { NAMES } from './names.js';
import { OWN } from './own.js';
import { SERVICES } from './services.js';
import { WEB } from './web.js';

export function allDaemons(): readonly Daemon[] {
  return [...WEB, ...DATA, ...NAMES, ...METRICS, ...SERVICES, ...OWN];
}

/** All daemons, or those with these names. */
export function daemonsNamed(names: readonly string[]): readonly Daemon[] {
  const all = allDaemons();
  const unknown = names.filter((name) => !all.some((daemon) => daemon.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new Error(`no such daemon: ${unknown.join(', ')}; there are ${known}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
