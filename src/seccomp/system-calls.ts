import { lazy } from '../core/lazy.js';
import { seccompData } from './data.js';

/** Names in the order of their numbers, without a gap; the key is the number of the first. */
export type Runs = Readonly<Record<string, string>>;

/** data/system-calls.yml: what libseccomp knows. */
export interface SystemCallsSource {
  readonly source: string;
  readonly version: string;
  readonly license: string;
  readonly x86_64: Runs;
  readonly aarch64: Runs;
  /** Names that only other architectures have. */
  readonly elsewhere: string;
}

export type Architecture = 'x86_64' | 'aarch64';

function byNumber(runs: Runs): ReadonlyMap<number, string> {
  return new Map(
    Object.entries(runs).flatMap(([start, names]) =>
      names.split(' ').map((name, index) => [Number(start) + index, name] as const),
    ),
  );
}

const TABLES: Readonly<Record<Architecture, () => ReadonlyMap<number, string>>> = {
  x86_64: lazy(() => byNumber(seccompData().systemCalls.x86_64)),
  aarch64: lazy(() => byNumber(seccompData().systemCalls.aarch64)),
};

const namesOf: Readonly<Record<Architecture, () => ReadonlySet<string>>> = {
  x86_64: lazy(() => new Set(TABLES.x86_64().values())),
  aarch64: lazy(() => new Set(TABLES.aarch64().values())),
};

const allNames = lazy<ReadonlySet<string>>(
  () =>
    new Set([...namesOf.x86_64(), ...namesOf.aarch64(), ...seccompData().systemCalls.elsewhere.split(' ')]),
);

/** The name of a system call by its number, as the kernel's audit log gives it; undefined for a number without one. */
export function systemCallName(architecture: Architecture, number: number): string | undefined {
  return TABLES[architecture]().get(number);
}

/** True for a name that libseccomp resolves, on whatever architecture. */
export function isSystemCall(name: string): boolean {
  return allNames().has(name);
}

/** True for a name that has a number on the architecture. */
export function hasSystemCall(architecture: Architecture, name: string): boolean {
  return namesOf[architecture]().has(name);
}
