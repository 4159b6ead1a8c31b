import type { DaemonFacts, OptionalNeed } from '../../catalogue/daemon-types.js';
import type { Citation } from '../../catalogue/types.js';
import type { Evidence } from '../../core/types.js';
import { citations } from '../model.js';
import type { UnitCommands, UnitProgram } from './collect.js';
import type { Trait } from './programs.js';

/** True for a program of which the catalogue knows all: not for an interpreter, where the script decides. */
export function isCatalogued({ facts }: UnitProgram): boolean {
  return facts.some(({ kind }) => kind !== 'runtime');
}

/** True when every command does what its arguments say, or is a daemon of the catalogue. */
export function isUnderstood({ opaque, programs }: UnitCommands): boolean {
  return opaque.length === 0 && programs.every((program) => program.closed || isCatalogued(program));
}

/** The entries of the catalogue for what the unit starts, each once. */
export function daemonsOf({ programs }: UnitCommands): readonly DaemonFacts[] {
  return [...new Set(programs.flatMap(({ facts }) => facts))];
}

/** True for a program that is known to start others which gain privileges. */
export function startsHelpers({ facts }: UnitProgram): boolean {
  return facts.some(({ helpers }) => helpers.setuid.length > 0 || helpers.chosenGain === true);
}

/** Why something is needed, and where that is said. */
export interface Hint {
  readonly why: string;
  readonly evidence: Evidence;
}

/** A fact of the catalogue as the reason of a need. */
export function hintsOf(why: string, cites: readonly Citation[]): readonly Hint[] {
  const [evidence] = citations(cites);
  return evidence === undefined ? [] : [{ why, evidence }];
}

/** What a daemon of the catalogue needs, in the terms of the table of programs. */
export function factHints(facts: DaemonFacts, trait: Trait): readonly Hint[] {
  const { name } = facts;
  const because = (fact: { readonly because: string; readonly cites: readonly Citation[] } | undefined) =>
    fact === undefined ? [] : hintsOf(`${name}: ${fact.because}`, fact.cites);
  switch (trait) {
    case 'setuid':
      return facts.helpers.setuid.length > 0
        ? hintsOf(
            `${name} starts ${facts.helpers.setuid.join(', ')}, which gains privileges`,
            facts.helpers.cites,
          )
        : [];
    case 'chosen-programs':
      return facts.helpers.chosen === undefined || facts.helpers.chosenGain !== true
        ? []
        : hintsOf(`${name}: ${facts.helpers.chosen}`, facts.helpers.cites);
    case 'namespaces':
      return (facts.namespaces?.makes.length ?? 0) > 0
        ? hintsOf(`${name} makes namespaces itself`, facts.namespaces!.cites)
        : [];
    case 'realtime':
      return facts.realtime?.asks === true
        ? hintsOf(`${name} asks for realtime scheduling`, facts.realtime.cites)
        : [];
    // Which of them it needs is asked for each: see kernelInterfacesOf.
    case 'kernel':
      return [];
    case 'devices':
      return facts.devices === undefined ? [] : deviceHints(name, facts.devices);
    case 'home-read':
    case 'home-write': {
      const uses = trait === 'home-read' ? 'read' : 'write';
      return facts.home?.uses === uses
        ? hintsOf(`${name} ${uses}s files in home directories`, facts.home.cites)
        : [];
    }
    case 'suid-sgid':
      return because(facts.suidSgid);
    case 'personality':
      return because(facts.personality);
    case 'shared-temp':
      return because(facts.sharedTemp);
    case 'host-mounts':
      return because(facts.hostMounts);
  }
}

function deviceHints(
  name: string,
  { allow, chosen, cites }: NonNullable<DaemonFacts['devices']>,
): readonly Hint[] {
  return [
    ...(allow.length > 0 ? hintsOf(`${name} uses ${allow.join(', ')}`, cites) : []),
    ...(chosen === undefined ? [] : hintsOf(`${name}: ${chosen}`, cites)),
  ];
}

/** The devices of configurations that the unit speaks of. */
export function mentionedDevices(commands: UnitCommands): readonly Hint[] {
  const texts = commands.texts.map(({ text }) => text);
  return daemonsOf(commands).flatMap(({ name, optional }) =>
    optionalNeeds(optional, texts).flatMap(({ cites, devices = [] }) =>
      devices.length === 0 ? [] : hintsOf(`${name} uses ${devices.join(', ')}`, cites),
    ),
  );
}

/** The interfaces of the kernel that an entry of the catalogue may name. */
export type KernelInterface = NonNullable<DaemonFacts['kernel']>['needs'][number];

/** Which of them the daemons need, with the reason. */
export function kernelInterfacesOf(commands: UnitCommands): ReadonlyMap<KernelInterface, Hint> {
  const found = new Map<KernelInterface, Hint>();
  for (const { kernel, name } of daemonsOf(commands)) {
    for (const need of kernel?.needs ?? []) {
      const [hint] = hintsOf(`${name} needs it`, kernel!.cites);
      if (hint !== undefined) found.set(need, hint);
    }
  }
  return found;
}

/** The rules of the devices that the daemons use, as DeviceAllow= takes them. */
export function deviceRulesOf(commands: UnitCommands): readonly string[] {
  const texts = commands.texts.map(({ text }) => text);
  const rules = daemonsOf(commands).flatMap(({ devices, optional }) => [
    ...(devices?.allow ?? []),
    ...optionalNeeds(optional, texts).flatMap((need) => need.devices ?? []),
  ]);
  return [...new Set(rules)];
}

/** The needs of a configuration that the unit speaks of. */
export function optionalNeeds(
  optional: DaemonFacts['optional'],
  texts: readonly string[],
): readonly OptionalNeed[] {
  return (optional ?? []).filter(
    ({ mentions }) => mentions !== undefined && texts.some((text) => new RegExp(mentions).test(text)),
  );
}
