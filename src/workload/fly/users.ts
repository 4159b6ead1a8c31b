import { literal } from '../../core/text.js';
import type { Evidence } from '../../core/types.js';
import { citePath, entriesAt, type FlyDocument } from '../../formats/toml/document.js';

/** By which names other apps of the tree reach an app: https://fly.io/docs/networking/private-networking/ */
export interface AppUsers {
  /** `<app>.internal`: from Machine to Machine. */
  readonly internal: readonly Evidence[];
  /** `<app>.flycast`: over Fly's proxy, from the private network alone. */
  readonly flycast: readonly Evidence[];
  /** `<app>.fly.dev`: from the Internet. */
  readonly public: readonly Evidence[];
}

/** Looks for an app's names in what the configurations of the tree give their programs. */
export function usersOf(document: FlyDocument, others: readonly FlyDocument[]): AppUsers {
  const { app } = document.config;
  const found = { internal: [] as Evidence[], flycast: [] as Evidence[], public: [] as Evidence[] };
  if (typeof app !== 'string' || app === '') return found;
  const named = (domain: string): RegExp =>
    new RegExp(`(?:^|[^\\w-])(?:[\\w-]+\\.)*${literal(app)}\\.${domain}(?![\\w.-])`);
  const names = { internal: named('internal'), flycast: named('flycast'), public: named('fly\\.dev') };
  for (const other of others) {
    for (const section of ['env', 'processes']) {
      for (const [key, value] of entriesAt(other, [section])) {
        if (typeof value !== 'string') continue;
        for (const kind of ['internal', 'flycast', 'public'] as const) {
          if (names[kind].test(value)) found[kind].push(citePath(other, [section, key]));
        }
      }
    }
  }
  return found;
}
