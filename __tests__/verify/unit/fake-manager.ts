import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../../src/io/process.js';
import type { Manager } from '../../../src/verify/unit/manager.js';

/** How a unit with this text ends; undefined where it stays up. */
export type Behaviour = (text: string) => string | undefined;

export interface FakeManager extends Manager {
  /** What it was told, in its order, but for questions. */
  readonly told: readonly string[];
  /** What it is asked of a unit that it was not told to start. */
  readonly properties: Map<string, string>;
  /** Other units that are up. */
  readonly active: Set<string>;
}

/** A manager that starts nothing: what a unit does is decided by its text. */
export function fakeManager(folder: string, behaviour: Behaviour): FakeManager {
  let [state, complaint] = ['inactive', ''];
  const told: string[] = [];
  const properties = new Map([['LoadState', 'loaded']]);
  const active = new Set<string>();
  const settings = (unit: string): ReadonlyMap<string, string> => {
    const path = join(folder, unit);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return new Map(
      lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split('=') as [string, string]),
    );
  };
  const act: Readonly<Record<string, (unit: string) => string>> = {
    show: (unit) => {
      const all = new Map([...properties, ...settings(unit)]);
      all.set('ActiveState', properties.get('ActiveState') ?? state);
      all.set('Result', state === 'failed' ? 'exit-code' : 'success');
      return [...all].map(([key, value]) => `${key}=${value}`).join('\n');
    },
    start: (unit) => {
      const fault = behaviour(readFileSync(join(folder, unit), 'utf8'));
      state = fault === undefined ? 'active' : 'failed';
      complaint = fault ?? '';
      return '';
    },
    stop: () => {
      state = 'inactive';
      return '';
    },
  };
  return {
    kind: 'system',
    folder,
    told,
    properties,
    active,
    call: (args) => {
      const [verb, units] = [args[0]!, args.filter((word) => !word.startsWith('-')).slice(1)];
      if (verb !== 'show' && verb !== 'is-active') told.push([verb, ...units].join(' '));
      const stdout =
        verb === 'is-active'
          ? units.map((unit) => (active.has(unit) ? 'active' : 'inactive')).join('\n')
          : (act[verb]?.(units[0]!) ?? '');
      const outcome: Outcome = { code: 0, stdout, stderr: '' };
      return Promise.resolve(outcome);
    },
    journal: () => Promise.resolve(complaint),
  };
}
