import { fewest } from '../bisect.js';
import { missingPaths, runtimeFolder, writablePaths } from './path-remedies.js';
import { type Case, type Find, type Remedy, withLine, withWords } from './remedy.js';
import { linesOf, takeBack } from './steps.js';
import type { Observation } from './trial.js';

/** The remedy that keeps the most of the step; it was tried. */
export async function remedyFor(found: Case): Promise<Remedy | undefined> {
  const { step } = found;
  const precise: Find[] = [
    ...(step.after.length > 0 ? (PRECISE[step.key] ?? []) : []),
    // What harden set it sets again at the next run, unless its whole transform is left out.
    ...(step.entries.length === 0 && step.after.length > 0 ? (WRITTEN[step.key] ?? []) : []),
    without,
  ];
  for (const find of precise) {
    const remedy = await find(found);
    if (remedy !== undefined) return remedy;
  }
  return undefined;
}

/** The lines are taken back, with all that the transform set which set them. */
async function without({ step, steps, attempt }: Case): Promise<Remedy | undefined> {
  const ids = [...new Set(step.entries.map(({ meta }) => meta.id))];
  const together = steps.filter(
    (other) => other === step || other.entries.some(({ meta }) => ids.includes(meta.id)),
  );
  const lines = together.flatMap(linesOf);
  const [gone, back] = [
    lines.filter((line) => !line.startsWith('-')),
    lines.filter((line) => line.startsWith('-')),
  ];
  const says = [
    ...(gone.length > 0 ? [`without ${gone.join(', ')}`] : []),
    ...(back.length > 0 ? [`with ${back.map((line) => line.slice(1)).join(', ')} again`] : []),
  ];
  const remedy: Remedy = {
    says: `${says.join(' and ')} it works`,
    ...(ids.length > 0 ? { override: { skip: ids } } : {}),
    change: (document) => takeBack(document, together),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/**
 * What container engines leave to root, which nearly all daemons are content with: they are tried first.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
const USUAL =
  /^CAP_(?:CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|SETGID|SETUID|SETPCAP|NET_BIND_SERVICE|NET_RAW|SYS_CHROOT|MKNOD)$/;

/** Capabilities of the original's bounding set, the fewest that it needs. */
async function moreCapabilities({ before, failing, attempt }: Case): Promise<Remedy | undefined> {
  const had = capabilitiesOf(before, 'CapabilityBoundingSet');
  const has = new Set(capabilitiesOf(failing, 'CapabilityBoundingSet'));
  const dropped = had.filter((capability) => !has.has(capability));
  const change =
    (given: readonly string[]): Remedy['change'] =>
    (document) =>
      withWords(document, 'CapabilityBoundingSet', given);
  const works = async (given: readonly string[]): Promise<boolean> => (await attempt(change(given))).works;
  const needed =
    (await fewest(
      dropped.filter((name) => USUAL.test(name)),
      works,
    )) ?? (await fewest(dropped, works));
  if (needed === undefined) return undefined;
  return {
    says: `with ${needed.join(' ')} in CapabilityBoundingSet= it works`,
    override: { capabilities: needed.map(bareCapability) },
    change: change(needed),
  };
}

/** A user that is not root gets a low port by an ambient capability. */
async function ambientCapability({ before, attempt }: Case): Promise<Remedy | undefined> {
  const low = before.listening?.some((name) => Number(/:(\d+)$/.exec(name)?.[1] ?? 1024) < 1024) ?? false;
  if (!low) return undefined;
  const remedy: Remedy = {
    says: 'with AmbientCapabilities=CAP_NET_BIND_SERVICE it works',
    override: { capabilities: ['NET_BIND_SERVICE'] },
    change: (document) => withWords(document, 'AmbientCapabilities', ['CAP_NET_BIND_SERVICE']),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/** Those that hold others first, so that the smaller one is found. */
const CALL_GROUPS = [
  ...['@privileged', '@raw-io', '@resources', '@chown', '@clock', '@module', '@reboot', '@swap', '@setuid'],
  ...['@process', '@file-system', '@network-io', '@basic-io', '@io-event', '@ipc', '@signal', '@sync'],
  ...['@timer', '@aio', '@keyring', '@memlock', '@mount', '@sandbox', '@pkey', '@debug', '@cpu-emulation'],
  ...['@obsolete'],
];

const FAMILIES = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK', 'AF_ALG'];

/** Adds the fewest words to a list of what is allowed. */
function moreOf(key: string, words: readonly string[]): Find {
  return async ({ attempt }) => {
    const change =
      (given: readonly string[]): Remedy['change'] =>
      (document) =>
        withLine(document, key, given);
    const needed = await fewest(words, async (given) => (await attempt(change(given))).works);
    return needed === undefined
      ? undefined
      : { says: `with ${needed.join(' ')} in ${key}= it works`, change: change(needed) };
  };
}

/** By the setting, what keeps more of it than to leave it out. */
const PRECISE: Readonly<Record<string, readonly Find[]>> = {
  CapabilityBoundingSet: [moreCapabilities],
  DynamicUser: [ambientCapability, runtimeFolder],
  ProtectHome: [writablePaths],
  ProtectSystem: [writablePaths, runtimeFolder],
  ReadOnlyPaths: [writablePaths],
  ReadWritePaths: [missingPaths, writablePaths],
  User: [ambientCapability, runtimeFolder],
};

/** The same of a unit that a person wrote: no setting of the configuration would make harden write it. */
const WRITTEN: Readonly<Record<string, readonly Find[]>> = {
  BindPaths: [missingPaths],
  BindReadOnlyPaths: [missingPaths],
  ExecPaths: [missingPaths],
  InaccessiblePaths: [missingPaths],
  NoExecPaths: [missingPaths],
  RestrictAddressFamilies: [moreOf('RestrictAddressFamilies', FAMILIES)],
  SystemCallFilter: [moreOf('SystemCallFilter', CALL_GROUPS)],
};

/** A set of capabilities as the manager shows it, in the form of unit files. */
function capabilitiesOf({ settings }: Observation, key: string): readonly string[] {
  const words = (settings.get(key) ?? '').split(/\s+/);
  return words.filter((word) => word !== '').map((word) => word.toUpperCase());
}

function bareCapability(name: string): string {
  return name.replace(/^CAP_/, '');
}
