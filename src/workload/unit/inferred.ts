import { lazily, lazy } from '../../core/lazy.js';
import type { UnitDocument } from '../../formats/systemd/document.js';
import type { UnitContext } from '../context.js';
import { likely, type Need } from '../model.js';
import type { Stated, StatedNeeds } from '../stated.js';
import { capabilitiesOf } from './capabilities.js';
import type { UnitCommands } from './collect.js';
import { deviceRulesOf, kernelInterfacesOf, type Hint, type KernelInterface } from './daemons.js';
import { hostManagementOf, type HostManagement } from './host.js';
import type { Manager, UnitUser } from './identity.js';
import {
  compilersOf,
  hostUsersOf,
  networkOf,
  procOf,
  sharedFilesOf,
  type NetworkUse,
  type ProcUse,
} from './isolation.js';
import {
  devicesOf,
  familiesOf,
  helpersOf,
  hostMountsOf,
  kernelOf,
  namespacesOf,
  needOf,
  nothing,
  personalityOf,
  realtimeOf,
  setuidOf,
  suidSgidOf,
  type Restriction,
} from './needs.js';
import { peersOf, type PeerFacts, type Peers } from './peers.js';
import { homeOf, usedTexts, writableOf, type HomeUse, type WritablePath } from './paths.js';
import { recordedPeers } from './recorded-peers.js';
import { recordedUnit, type RecordedUnit } from './recorded.js';
import { callsBeyond } from './service-calls.js';
import { inferTemp } from './shared-temp.js';
import {
  withStatedCalls,
  withStatedCapabilities,
  withStatedDevices,
  withStatedHostUsers,
  withStatedInterfaces,
  withStatedRealtime,
} from './stated-capabilities.js';
import { statedPeers } from './stated-peers.js';
import { withStatedHome, withStatedPaths } from './stated.js';
import { systemCallsOf, type SystemCalls } from './system-calls.js';

/** What the unit's processes need. Each is inferred when it is first asked for. */
export interface UnitNeeds {
  /** Defined for a unit that manages the host: harden leaves it alone. */
  readonly hostManagement: HostManagement | undefined;
  /** Programs that gain privileges on exec, which it starts. */
  readonly helpers: Restriction;
  readonly capabilities: Need<readonly string[]>;
  readonly systemCalls: Need<SystemCalls>;
  /** What makes machine code at run time. */
  readonly compilers: Restriction;
  readonly proc: Need<ProcUse>;
  readonly network: Need<NetworkUse>;
  /** With whom its own sockets exchange packets. */
  readonly peers: Need<Peers>;
  readonly hostUsers: Restriction;
  /** Why others count on what the umask lets them read. */
  readonly sharedFiles: Restriction;
  readonly writable: Need<readonly WritablePath[]>;
  /** Writable places from which it executes, as far as a person says so. */
  readonly executable: readonly Stated[];
  readonly home: Need<HomeUse>;
  readonly sharedTemp: Restriction;
  readonly devices: Restriction;
  /** The devices that are known, as DeviceAllow= takes them. */
  readonly deviceRules: readonly string[];
  readonly families: Restriction;
  readonly hostMounts: Restriction;
  readonly namespaces: Restriction;
  readonly realtime: Restriction;
  /** Why it may gain privileges through execve(). */
  readonly setuid: Restriction;
  readonly kernel: Restriction;
  /** The interfaces of the kernel that its daemons are known to need. */
  readonly kernelInterfaces: ReadonlyMap<KernelInterface, Hint>;
  readonly suidSgid: Restriction;
  readonly personality: Restriction;
}

/**
 * The needs of the unit's processes: what the files say, what was seen, and what a person says.
 * @param context what is known besides the unit's own file.
 */
export function needsOf(
  document: UnitDocument,
  commands: UnitCommands,
  user: UnitUser,
  manager: Manager,
  context: UnitContext,
): UnitNeeds {
  const besides = context.stated(document.path);
  const texts = lazy(() => usedTexts(document, commands));
  const root = user.kind === 'root';
  const seen = besides.recorded === undefined ? undefined : recordedUnit(besides.recorded, user, callsBeyond);
  const helpers = lazy(() => {
    const need = helpersOf(document, commands, texts(), root);
    return seen?.helpers(need) ?? need;
  });
  const peerFacts = lazy((): PeerFacts => ({
    document,
    commands,
    texts: texts(),
    network: networkOf(commands, texts()),
    families: familiesOf(document, commands),
  }));
  const peers = (): Need<Peers> => {
    const facts = peerFacts();
    const written = peersOf(facts);
    const shown = besides.recorded === undefined ? written : recordedPeers(besides.recorded, written, facts);
    return statedPeers(besides, shown, facts);
  };
  /** What the files say, with what was seen. */
  const inferred = lazily<UnitNeeds>({
    hostManagement: () => hostManagementOf(document, commands),
    helpers,
    capabilities: () => capabilitiesOf(document, commands, user, helpers()),
    systemCalls: () => systemCallsOf(document, commands, user),
    compilers: () => compilersOf(commands),
    proc: () => procOf(commands, texts()),
    network: () => networkOf(commands, texts()),
    peers,
    hostUsers: () => hostUsersOf(document, commands),
    sharedFiles: () => sharedFilesOf(commands),
    writable: () => writableOf(document, commands, user),
    executable: () => [],
    home: () => inferHome(document, commands, texts(), user, manager),
    sharedTemp: () => inferTemp(document, commands, texts(), context),
    devices: () => devicesOf(document, commands, texts()),
    deviceRules: () => deviceRulesOf(commands),
    families: () => familiesOf(document, commands),
    hostMounts: () => hostMountsOf(document, commands, texts()),
    namespaces: () => namespacesOf(document, commands, texts()),
    realtime: () => realtimeOf(document, commands, texts()),
    setuid: () => setuidOf(document, commands, texts(), root),
    kernel: () => kernelOf(document, commands, texts()),
    kernelInterfaces: () => kernelInterfacesOf(commands),
    suidSgid: () => suidSgidOf(commands),
    personality: () => personalityOf(document, commands),
  });
  return withStated(seen === undefined ? inferred : withRecorded(inferred, seen), besides, user);
}

/** The needs with what the unit was seen to do. */
function withRecorded(needs: UnitNeeds, seen: RecordedUnit): UnitNeeds {
  return lazily<UnitNeeds>({
    ...unchanged(needs),
    capabilities: () => seen.capabilities(needs.capabilities),
    systemCalls: () => seen.systemCalls(needs.systemCalls),
    compilers: () => seen.compilers(needs.compilers),
    proc: () => seen.proc(needs.proc),
    network: () => seen.network(needs.network),
    hostUsers: () => seen.hostUsers(needs.hostUsers),
    writable: () => seen.writable(needs.writable),
    executable: () => [...needs.executable, ...seen.executable],
    home: () => seen.home(needs.home),
    devices: () => seen.devices(needs.devices),
    families: () => seen.families(needs.families),
    hostMounts: () => seen.hostMounts(needs.hostMounts),
    namespaces: () => seen.namespaces(needs.namespaces),
    realtime: () => seen.realtime(needs.realtime),
    setuid: () => seen.helpers(needs.setuid),
    kernel: () => seen.kernel(needs.kernel),
    suidSgid: () => seen.suidSgid(needs.suidSgid),
    personality: () => seen.personality(needs.personality),
  });
}

/** The needs with what a person says of the unit. */
function withStated(needs: UnitNeeds, stated: StatedNeeds, user: UnitUser): UnitNeeds {
  return lazily<UnitNeeds>({
    ...unchanged(needs),
    capabilities: () => withStatedCapabilities(needs.capabilities, stated),
    systemCalls: () => withStatedCalls(needs.systemCalls, stated),
    hostUsers: () => withStatedHostUsers(needs.hostUsers, stated),
    writable: () => withStatedPaths(needs.writable, stated, user),
    executable: () => [...needs.executable, ...stated.executable],
    home: () => withStatedHome(needs.home, stated),
    devices: () => withStatedDevices(needs.devices, stated),
    realtime: () => withStatedRealtime(needs.realtime, stated),
    kernelInterfaces: () => withStatedInterfaces(needs.kernelInterfaces, stated),
  });
}

/** Each need as it is, computed when it is asked for. */
function unchanged(needs: UnitNeeds): { readonly [K in keyof UnitNeeds]: () => UnitNeeds[K] } {
  const names = Object.keys(needs) as (keyof UnitNeeds)[];
  return Object.fromEntries(names.map((name) => [name, () => needs[name]])) as never;
}

function inferHome(
  document: UnitDocument,
  commands: UnitCommands,
  texts: Parameters<typeof homeOf>[1],
  user: UnitUser,
  manager: Manager,
): Need<HomeUse> {
  const named = homeOf(document, texts, user, manager);
  if (named.value === 'write') return named;
  const programs = needOf(commands, 'home-write', []);
  // A service account's home is rarely under /home; a program that keeps files in root's home loses them.
  if (programs.value.length > 0) return likely('write', ...programs.evidence);
  const served = needOf(commands, 'home-read', []);
  if (served.value.length > 0) return likely('read', ...served.evidence);
  const base = nothing(commands, ...named.evidence);
  return { value: named.value, certainty: base.certainty, evidence: base.evidence };
}
