import { glob } from './catalogue.js';
import type { DaemonFacts } from './daemon-types.js';

/** Looks up what is known of a daemon. */
export interface DaemonCatalogue {
  /** @param program base name of the program that starts. */
  daemon(program: string): DaemonFacts | undefined;
  readonly daemons: readonly DaemonFacts[];
}

export function createDaemonCatalogue(daemons: readonly DaemonFacts[]): DaemonCatalogue {
  const exact = new Map<string, DaemonFacts>();
  const patterns: { readonly matches: RegExp; readonly facts: DaemonFacts }[] = [];
  for (const facts of daemons) {
    for (const name of facts.programs) {
      if (name.includes('*')) patterns.push({ matches: glob(name), facts });
      else exact.set(name, facts);
    }
  }
  return {
    daemons,
    daemon: (program) => exact.get(program) ?? patterns.find(({ matches }) => matches.test(program))?.facts,
  };
}
