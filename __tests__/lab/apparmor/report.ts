/** What came of one thing that no unit may do. */
export interface Violation {
  /** `ok` or the error's name, as root without a profile. */
  readonly free: string;
  /** The same with the unit's profile. */
  readonly confined: string;
  /** What the kernel logged of it. */
  readonly log: readonly string[];
}

/** What the guest tells of one daemon. */
export interface Told {
  readonly daemon: string;
  readonly profile?: string;
  /** It could not be tried. */
  readonly fault?: string;
  /** The confinement of its main process when the profile has just been loaded as it was written. */
  readonly complain?: string;
  readonly enforce?: {
    readonly fault: string | null;
    readonly denied: readonly string[];
    /** The confinement of the main process. */
    readonly current: string;
  };
  readonly violations?: Readonly<Record<string, Violation>>;
}

/** All that the guest has told on its serial line, where the firmware and the kernel speak too. */
export function toldBy(serial: string): readonly Told[] {
  return [...serial.matchAll(/^LAB (\{"daemon".*\})\r?$/gm)].map(([, json]) => JSON.parse(json!) as Told);
}

/** What does not hold; nothing where all does. */
export function faultsOf({ fault, complain, enforce, violations = {}, profile }: Told): readonly string[] {
  if (fault !== undefined) return [`it could not be tried: ${fault}`];
  const tried = Object.entries(violations);
  return [
    ...(complain === `${profile ?? ''} (complain)` ? [] : [`as it is written: ${complain ?? 'not there'}`]),
    ...(typeof enforce?.fault === 'string' ? [`enforced: ${enforce.fault}`] : []),
    ...(enforce?.denied ?? []).map((line) => `it was refused: ${line}`),
    ...(enforce?.current === `${profile ?? ''} (enforce)`
      ? []
      : [`its main process is ${enforce?.current ?? 'not there'}`]),
    ...(tried.length === 0 ? ['nothing forbidden was tried'] : []),
    ...tried.flatMap(([what, { free, confined, log }]) => [
      ...(free === 'ok' ? [] : [`${what}: without a profile it is ${free}, so that it proves nothing`]),
      ...(/^E(?:ACCES|PERM)$/.test(confined) ? [] : [`${what}: it is ${confined}, and should be denied`]),
      ...(log.length > 0 ? [] : [`${what}: the kernel's log does not have it`]),
    ]),
  ];
}

const HEADER = [
  'daemon',
  'profile',
  'rules',
  'written',
  'enforced',
  'works',
  'refused at work',
  'denied and logged',
];

/** The daemons, as a Markdown table. @param rules of each daemon's profile. */
export function markdownTable(told: readonly Told[], rules: ReadonlyMap<string, number>): string {
  const rows = told.map(({ daemon, profile = '', complain, enforce, violations = {} }) => {
    const all = Object.values(violations);
    const denied = all.filter(
      ({ free, confined, log }) => free === 'ok' && /^E(?:ACCES|PERM)$/.test(confined) && log.length > 0,
    );
    return [
      daemon,
      profile,
      String(rules.get(daemon) ?? '?'),
      modeOf(complain),
      modeOf(enforce?.current),
      enforce === undefined ? '?' : enforce.fault === null ? 'yes' : 'no',
      String(enforce?.denied.length ?? '?'),
      `${denied.length} of ${all.length}`,
    ];
  });
  const widths = HEADER.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** `enforce` of `harden.nginx (enforce)`. */
function modeOf(confinement: string | undefined): string {
  return /\((\w+)\)$/.exec(confinement ?? '')?.[1] ?? '?';
}
