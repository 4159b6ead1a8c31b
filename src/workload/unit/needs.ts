import { cite, uniqueEvidence } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { citeEntry, parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands, UnitProgram, UsedText } from './collect.js';
import {
  type Hint,
  daemonsOf,
  factHints,
  hintsOf,
  isCatalogued,
  isUnderstood,
  mentionedDevices,
  optionalNeeds,
} from './daemons.js';
import { NAME_LOOKUPS, PROGRAM_FACTS, type Trait } from './programs.js';

/** What needs something that a restriction takes away; empty when nothing does. */
export type Restriction = Need<readonly string[]>;

/** How well the unit's commands are understood: the certainty of "nothing needs it". */
export function nothing(commands: UnitCommands, ...evidence: readonly Evidence[]): Restriction {
  const opaque = commands.opaque[0];
  if (opaque !== undefined) return unknown([], opaque.evidence, ...evidence);
  const cited = uniqueEvidence([...commands.programs.map((program) => program.evidence), ...evidence]);
  if (commands.programs.length > 0 && commands.programs.every((program) => program.closed))
    return known([], ...cited);
  return likely([], ...cited);
}

/** What is known of a program: by the catalogue, else by its name. */
function traitHits(program: UnitProgram, trait: Trait): readonly Hint[] {
  const hints = program.facts.flatMap((facts) => factHints(facts, trait));
  if (isCatalogued(program)) return hints;
  const named = PROGRAM_FACTS.filter((facts) => facts.traits?.includes(trait) === true).flatMap((facts) => {
    const name = program.aliases.find((alias) => facts.names.test(alias));
    return name === undefined ? [] : [{ why: `${name} ${facts.why}`, evidence: program.evidence }];
  });
  return [...hints, ...named];
}

/** A need that programs have by their name, and lines of the unit by their text. */
export function needOf(commands: UnitCommands, trait: Trait, more: readonly Hint[]): Restriction {
  const byName = commands.programs.flatMap((program) => traitHits(program, trait));
  const all = [...more, ...byName];
  return all.length === 0 ? nothing(commands) : neededFor(all);
}

/** A need for these reasons: likely, since names and lines are what tells of it. */
export function neededFor(hints: readonly Hint[]): Restriction {
  return likely(
    [...new Set(hints.map(({ why }) => why))],
    ...uniqueEvidence(hints.map(({ evidence }) => evidence)),
  );
}

/** No need, unless a program is started of which that can't be said. */
export function nothingUnless(
  commands: UnitCommands,
  stranger: UnitProgram | undefined,
  question: (name: string) => string,
): Restriction {
  const need = nothing(commands);
  if (stranger === undefined || need.certainty === 'unknown') return need;
  return because(unknown([], stranger.evidence), question(stranger.name));
}

export function entryHints(
  document: UnitDocument,
  tests: readonly (readonly [key: string, value: RegExp, why: string])[],
): readonly Hint[] {
  return tests.flatMap(([key, value, why]) =>
    document
      .assignments('Service', key)
      .filter((entry) => value.test(entry.value))
      .map((entry) => ({ why, evidence: citeEntry(document, entry) })),
  );
}

export function textHints(texts: readonly UsedText[], pattern: RegExp, why: string): readonly Hint[] {
  return texts.filter((text) => pattern.test(text.text)).map((text) => ({ why, evidence: text.evidence }));
}

/** A comment is no proof of a need, but one that speaks of file capabilities is reason enough to leave a unit alone. */
function commentHint(document: UnitDocument, pattern: RegExp, why: string): readonly Hint[] {
  const comment = document.logicalLines.find(
    (line) => line.kind === 'comment' && pattern.test(document.text.slice(line.start, line.end)),
  );
  return comment === undefined ? [] : [{ why, evidence: cite(document, comment.start) }];
}

/** Programs that gain privileges when they are executed, which the unit starts. */
export function helpersOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
  root: boolean,
): Restriction {
  const ambient = document.has('Service', 'AmbientCapabilities');
  const ports = root || ambient ? [] : lowPortHints(commands, texts);
  return needOf(commands, 'setuid', [...setuidHints(document, texts, root), ...ports]);
}

const HIGH_PORT = /(?:[:=\s]|^)(?:102[4-9]|10[3-9]\d|1[1-9]\d\d|[2-9]\d{3}|[1-6]\d{4})(?=$|[\s/"',])/;

/** A server whose usual port is below 1024 may have file capabilities for it, unless the unit names a higher one. */
function lowPortHints(commands: UnitCommands, texts: readonly UsedText[]): readonly Hint[] {
  if (texts.some(({ text }) => HIGH_PORT.test(text))) return [];
  return daemonsOf(commands)
    .filter(
      ({ capabilities, kind }) =>
        /^(web|proxy|dns)$/.test(kind) && capabilities.asUser.includes('NET_BIND_SERVICE'),
    )
    .flatMap(({ capabilities, name }) =>
      hintsOf(`${name} may have file capabilities to listen on its usual port`, capabilities.cites),
    );
}

/**
 * Why the unit may gain privileges through execve(): setuid and setgid helpers, and file capabilities (a
 * non-root program on a low port that the unit gives no ambient capability).
 */
export function setuidOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
  root: boolean,
): Restriction {
  const helpers = helpersOf(document, commands, texts, root);
  const marked =
    root || document.has('Service', 'AmbientCapabilities')
      ? []
      : daemonsOf(commands).flatMap(({ fileCapabilities, name }) =>
          fileCapabilities === undefined
            ? []
            : hintsOf(`${name} may have file capabilities`, fileCapabilities.cites),
        );
  const chosen = needOf(commands, 'chosen-programs', marked);
  if (chosen.value.length === 0) return helpers;
  if (helpers.value.length === 0) return chosen;
  return likely([...helpers.value, ...chosen.value], ...helpers.evidence, ...chosen.evidence);
}

function setuidHints(document: UnitDocument, texts: readonly UsedText[], root: boolean): readonly Hint[] {
  const ambient = document.has('Service', 'AmbientCapabilities');
  const lowPort =
    /(?:--?(?:\w+-)*(?:port|listen|bind|addr(?:ess)?)[= ](?:\S*:)?|(?:^|[\s=])(?:[\d.*]*|\[[\da-f:]*\]):)([1-9]\d{0,2}|10[01]\d|102[0-3])(?=$|[\s/"',])/;
  const ports =
    root || ambient ? [] : textHints(texts, lowPort, 'it may have file capabilities to listen on a low port');
  // What a script only prints is no command.
  const mail = textHints(
    texts.filter((text) => !text.readsOnly),
    /(^|[\s/"'=])(sudo|doas|pkexec|sendmail)(\s|$|["'])/,
    'a command names a setuid helper',
  );
  const caps = ambient
    ? []
    : commentHint(document, /\bsetcap\b/, 'a comment says that the program has file capabilities');
  return [...mail, ...ports, ...caps, ...desktopHints(document, texts)];
}

export function namespacesOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
): Restriction {
  return needOf(commands, 'namespaces', [
    ...entryHints(document, [['Delegate', /^(?!no$|false$|off$|0$)./i, 'it manages its own control group']]),
    ...desktopHints(document, texts),
  ]);
}

export function realtimeOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
): Restriction {
  return needOf(commands, 'realtime', [
    ...entryHints(document, [
      ['CPUSchedulingPolicy', /^(rr|fifo)$/i, 'it asks for realtime scheduling'],
      ['CPUSchedulingPriority', /[1-9]/, 'it asks for realtime scheduling'],
      ['LimitRTPRIO', /^(?!0$)./, 'it may raise its priority to realtime'],
      ['LimitRTTIME', /./, 'it limits its realtime use'],
    ]),
    ...entryHints(document, [['AmbientCapabilities', /CAP_SYS_NICE/i, 'it holds CAP_SYS_NICE']]),
    ...entryHints(document, [['CapabilityBoundingSet', /^[^~]*CAP_SYS_NICE/i, 'it keeps CAP_SYS_NICE']]),
    ...textHints(
      texts,
      /(^|\s)(--?realtime|--rt(prio)?|--rr|--fifo)(\s|=|$)/,
      'an argument asks for realtime scheduling',
    ),
  ]);
}

/** A mode with the setuid or setgid bit: `4755`, `02775`, `u+s`, `g=rwxs`. */
const SPECIAL_MODE = /(^|\s)(--mode=|-m\s*)?0?[2-7][0-7]{3}(\s|$)|(^|\s)[ugoa]*[+=][rwxXt]*s/;

export function suidSgidOf(commands: UnitCommands): Restriction {
  const modes = commands.programs
    .filter(({ name, args }) => /^(chmod|install|mkdir)$/.test(name) && SPECIAL_MODE.test(args.join(' ')))
    .map((program) => ({ why: `${program.name} sets a setuid or setgid bit`, evidence: program.evidence }));
  const archives = commands.programs
    .filter(
      ({ name, args }) => name === 'cp' && args.some((arg) => /^-\w*[ap]|^--(archive|preserve)/.test(arg)),
    )
    .map((program) => ({ why: 'cp keeps the modes of what it copies', evidence: program.evidence }));
  return needOf(commands, 'suid-sgid', [...modes, ...archives]);
}

export function kernelOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
): Restriction {
  return needOf(commands, 'kernel', [
    ...entryHints(document, [
      ['Delegate', /^(?!no$|false$|off$|0$)./i, 'it manages its own control group'],
      [
        'AmbientCapabilities',
        /CAP_(SYS_MODULE|SYSLOG|NET_ADMIN|SYS_ADMIN|BPF)/i,
        'it holds a capability over the kernel',
      ],
      [
        'CapabilityBoundingSet',
        /^[^~]*CAP_(SYS_MODULE|SYSLOG|NET_ADMIN|SYS_ADMIN|BPF)/i,
        'it keeps a capability over the kernel',
      ],
    ]),
    ...textHints(
      texts,
      /\/proc\/(sys|irq|fs|acpi|sysrq|kmsg|kcore|kallsyms)|(^|[\s"'=:])\/sys\/|\/dev\/kmsg|\/lib\/modules|cgroup/,
      'it names a kernel interface',
    ),
  ]);
}

export function personalityOf(document: UnitDocument, commands: UnitCommands): Restriction {
  return needOf(
    commands,
    'personality',
    entryHints(document, [['Personality', /./, 'it sets an execution domain']]),
  );
}

const DEVICE =
  /\/dev\/(?!null\b|zero\b|full\b|u?random\b|std(in|out|err)\b|fd\b|log\b|shm\b|pts\b|ptmx\b|tty(?![\w])|tcp\/|udp\/|mqueue\b|hugepages\b)/;
const DEVICE_GROUPS =
  /\b(video|render|audio|dialout|uucp|tty|disk|kvm|input|plugdev|cdrom|tape|lp|scanner|gpio|i2c|spi|usb|bluetooth|sgx|tss|tape|floppy)\b/;

export function devicesOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
): Restriction {
  return needOf(commands, 'devices', [
    ...mentionedDevices(commands),
    ...entryHints(document, [
      ['DeviceAllow', /^(?!\/dev\/(null|zero|full|u?random)\b)./, 'it is allowed devices'],
      ['SupplementaryGroups', DEVICE_GROUPS, 'it is in a group that owns devices'],
      ['Group', DEVICE_GROUPS, 'it is in a group that owns devices'],
      ['CapabilityBoundingSet', /^[^~]*CAP_(SYS_RAWIO|MKNOD)/i, 'it keeps a capability over devices'],
      ['AmbientCapabilities', /CAP_(SYS_RAWIO|MKNOD|NET_ADMIN)/i, 'it holds a capability over devices'],
      [
        'Environment',
        /CUDA|NVIDIA|ROCM|HIP_|LIBVA|VAAPI|PULSE|ALSA|FRAMEBUFFER/,
        'its environment names a device',
      ],
    ]),
    ...textHints([...texts, ...commands.privileged], DEVICE, 'it names a device'),
    ...textHints(
      texts,
      /--?(device|gpus?|tun|tty|serial|hwaccel|vaapi|cuda|usb)\b/i,
      'an argument names a device',
    ),
    ...document
      .assignments('Unit', 'After', 'Wants', 'Requires', 'BindsTo', 'ConditionPathExists')
      .filter((entry) => /\.device\b|\/dev\/|\b(sound|bluetooth|smartcard|printer)\.target/.test(entry.value))
      .map((entry) => ({ why: 'it waits for a device', evidence: citeEntry(document, entry) })),
  ]);
}

const BASE_FAMILIES = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK'] as const;

/** The socket families that the unit's programs use. */
export function familiesOf(document: UnitDocument, commands: UnitCommands): Restriction {
  const base = nothing(commands);
  if (base.certainty === 'known') {
    const lookups = commands.programs.some((program) => NAME_LOOKUPS.has(program.name));
    return { ...base, value: lookups ? BASE_FAMILIES : ['AF_UNIX'] };
  }
  const facts = daemonsOf(commands);
  const lines = commands.texts.map(({ text }) => text);
  const catalogued = facts.flatMap(({ families, optional }) => [
    ...families.uses,
    ...optionalNeeds(optional, lines).flatMap((need) => need.families ?? []),
  ]);
  const extra = commands.programs.flatMap((program) =>
    isCatalogued(program)
      ? []
      : PROGRAM_FACTS.filter((facts) => program.aliases.some((alias) => facts.names.test(alias))).flatMap(
          (facts) => facts.families ?? [],
        ),
  );
  const packet = ['AmbientCapabilities', 'CapabilityBoundingSet'].some((key) =>
    document.assignments('Service', key).some((entry) => /^[^~]*CAP_NET_RAW/i.test(entry.value)),
  );
  // A command of coreutils beside a daemon may look up names too.
  const lookups = commands.programs.some((program) => program.closed && NAME_LOOKUPS.has(program.name));
  const least = isUnderstood(commands) && !lookups ? ['AF_UNIX'] : BASE_FAMILIES;
  const named = new Set([...least, ...catalogued, ...extra, ...(packet ? ['AF_PACKET'] : [])]);
  const usual: readonly string[] = BASE_FAMILIES;
  const value = [
    ...usual.filter((name) => named.has(name)),
    ...[...named].filter((name) => !usual.includes(name)).sort(),
  ];
  const cited = facts.flatMap(({ families }) => citations(families.cites).slice(0, 1));
  return { ...base, value, evidence: [...base.evidence, ...cited] };
}

/** `RootDirectory=` and the like: paths in the unit aren't the host's. */
export function hasOwnRoot(document: UnitDocument): boolean {
  return ['RootDirectory', 'RootImage', 'RootDirectoryStartOnly', 'MountImages', 'ExtensionImages'].some(
    (key) => {
      const value = document.last('Service', key)?.value;
      return value !== undefined && parseBoolean(value) !== false && value !== '/';
    },
  );
}

/** A mount namespace of its own takes the host's mounts, as they come and go, out of a unit's sight. */
export function hostMountsOf(
  document: UnitDocument,
  commands: UnitCommands,
  texts: readonly UsedText[],
): Restriction {
  const why = 'a command mounts or changes the root';
  // What else the words of a daemon of the catalogue mean is known there.
  const strangers = texts.filter(({ catalogued }) => catalogued !== true);
  return needOf(commands, 'host-mounts', [
    ...textHints(texts, /(^|[\s/_-])u?mount([\s_]|$)|\/u?mount-/, why),
    ...textHints(strangers, /(^|[\s/_-])chroot([\s_]|$)/, why),
    ...entryHints(document, [['MountFlags', /\bshared\b/, 'it shares its mounts with the host']]),
  ]);
}

const DESKTOP = /\b(graphical-session(-pre)?|xdg-desktop-autostart)\.target\b/;

/** A program of the desktop opens others, browsers with their own sandbox among them. */
export function desktopHints(document: UnitDocument, texts: readonly UsedText[]): readonly Hint[] {
  const why = 'it is a program of the desktop, which opens others';
  const entry = document.entries.find(({ value }) => DESKTOP.test(value));
  return [
    ...(entry === undefined ? [] : [{ why, evidence: citeEntry(document, entry) }]),
    ...textHints(texts, /\b(systray|tray|applet)\b|\bxdg-open\b/, why),
  ];
}
