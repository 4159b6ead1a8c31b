import type { Catalogue } from '../../catalogue/catalogue.js';
import type { Capability } from '../../catalogue/types.js';
import { cite, citeSource } from '../../core/evidence.js';
import { lazy } from '../../core/lazy.js';
import type { Evidence, FileReader } from '../../core/types.js';
import { citeEntry, parseBoolean, withDropIns, type UnitDocument } from '../../formats/systemd/document.js';
import { originOf, type Origin } from '../compose/origin.js';
import { publishedPorts } from '../compose/ports.js';
import { citeField, type ServiceView } from '../compose/project.js';
import { createServiceWorkload, type ServiceWorkload } from '../compose/service.js';
import { addedCapabilities } from '../compose/needs/capabilities.js';
import { citations, known, likely, type Need } from '../model.js';
import type { KnownBesides } from '../stated.js';
import { managerOf, type Manager } from '../unit/identity.js';
import { viewContainer } from './view.js';

/** The container of a `.container` unit, and what it needs. */
export interface ContainerWorkload {
  /** The unit with its drop-ins, as Quadlet reads it. */
  readonly unit: UnitDocument;
  /** The unit's own file: the one that is edited. */
  readonly file: UnitDocument;
  /** The same container as a service of Compose: the needs are those of its image. */
  readonly service: ServiceWorkload;
  /** The manager that starts it; the user's own has a user namespace already. */
  readonly manager: Need<Manager>;
  /** The capabilities that it needs of those that Podman gives it. */
  readonly capabilities: Need<readonly Capability[]>;
  /** The pod that it joins, which then has the ports and the user namespace. */
  readonly pod: string | undefined;
}

export interface ContainerSources {
  readonly files: FileReader;
  readonly catalogue: Catalogue;
  dropIns(path: string): readonly UnitDocument[];
  /** The other container units of the folder. */
  siblings(path: string): readonly UnitDocument[];
  /** What a person says that the container needs. */
  readonly stated: KnownBesides;
}

/** What Quadlet makes of a container unit. */
export function containerWorkload(file: UnitDocument, sources: ContainerSources): ContainerWorkload {
  const unit = withDropIns(file, sources.dropIns(file.path));
  const siblings = lazy(() =>
    sources.siblings(file.path).map((other) => viewContainer(other, other, sources.files, () => [])),
  );
  const view = viewContainer(file, unit, sources.files, siblings);
  const service = createServiceWorkload(
    view,
    () => containerOrigin(unit, view, sources.catalogue),
    sources.stated,
  );
  const capabilities = lazy(() => podmanCapabilities(service));
  return {
    unit,
    file,
    service,
    manager: containerManager(unit),
    get capabilities() {
      return capabilities();
    },
    pod: unit.last('Container', 'Pod')?.value,
  };
}

function containerOrigin(unit: UnitDocument, view: ServiceView, catalogue: Catalogue): Origin {
  const image = unit.last('Container', 'Image');
  const other = image ?? unit.last('Container', 'Rootfs');
  if (image !== undefined && !/\.(?:build|image)$/.test(image.value)) {
    return originOf(view, catalogue, () => undefined);
  }
  const reason =
    other === undefined
      ? 'it names no image'
      : image === undefined
        ? 'its root file system is a folder of the host'
        : `its image is that of ${image.value}, which is not read`;
  return { kind: 'unknown', reason, evidence: other === undefined ? [] : [citeEntry(unit, other)] };
}

const USER_PATH = /(?:^|\/)\.config\/containers\/systemd\/|(?:^|\/)containers\/systemd\/users(?:\/|$)/;
const SYSTEM_PATH = /(?:^|\/)(?:etc|run|usr\/share)\/containers\/systemd\//;

/** Which manager starts it: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html#podman-rootless-unit-search-path */
function containerManager(unit: UnitDocument): Need<Manager> {
  const header = cite(unit, unit.lastSection('Container')!.headerRange.start);
  if (USER_PATH.test(unit.path)) return known('user', header);
  if (SYSTEM_PATH.test(unit.path)) return known('system', header);
  const home = unit.entries.find(
    ({ section, key, value }) =>
      section === 'Container' &&
      (/%[hEt]/.test(value) || (key === 'UserNS' && /^(?:keep-id|nomap)/.test(value))),
  );
  if (home !== undefined) return likely('user', citeEntry(unit, home));
  const manager = managerOf(unit);
  // Units for either manager are wanted by both targets.
  return manager.value === 'system' ? likely('system', ...manager.evidence) : manager;
}

/**
 * The capabilities that Podman gives a container: fewer than Docker. What isn't among them the container doesn't have
 * today, unless it is added.
 */
export const PODMAN_CAPABILITIES: ReadonlySet<Capability> = new Set([
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const DEFAULTS = citeSource(
  'https://github.com/containers/podman/blob/v5.8.2/vendor/go.podman.io/common/pkg/config/containers.conf',
  'If it is empty or commented out, the default capabilities defined in the container engine will be added.',
);

function podmanCapabilities(service: ServiceWorkload): Need<readonly Capability[]> {
  const need = service.capabilities;
  const port = need.certainty === 'unknown' || !service.user.value.root ? undefined : lowPort(service);
  const missing = port !== undefined && !addedCapabilities(service.view).includes('NET_BIND_SERVICE');
  const list = missing ? [...need.value, 'NET_BIND_SERVICE'] : need.value;
  return {
    ...need,
    value: [...new Set(list)].filter((name) => PODMAN_CAPABILITIES.has(name)).sort(),
    evidence: [...need.evidence, ...(missing ? port : []), DEFAULTS],
  };
}

/**
 * Docker opens low ports to everybody in a container's own network, Podman doesn't: containers.conf(5),
 * default_sysctls. The evidence for a port below 1024 on which the container listens.
 */
export function lowPort({ view, origin }: ServiceWorkload): readonly Evidence[] | undefined {
  for (const field of view.fields('ports')) {
    const low = publishedPorts(field, view.project).some(({ target }) => Number.parseInt(target, 10) < 1024);
    if (low) return [citeField(field)];
  }
  const ports = origin.kind === 'server' ? origin.facts.ports : undefined;
  return ports?.listens.some((port) => port < 1024) === true ? citations(ports.cites) : undefined;
}

/** True where `ReadOnly=true` brings a tmpfs on /run, /tmp and /var/tmp. */
export function bringsTmpfs(unit: UnitDocument): boolean {
  const written = unit.last('Container', 'ReadOnlyTmpfs');
  return written === undefined || parseBoolean(written.value) !== false;
}
