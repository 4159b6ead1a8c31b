import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isInside } from '../../io/files.js';
import { hostReach } from './host-reach.js';
import {
  mapValues,
  without,
  type ComposeModel,
  type HealthcheckModel,
  type MountModel,
  type NetworkModel,
  type PortModel,
  type ServiceModel,
  type VolumeModel,
} from './model.js';

/** By it all that verify makes is found again. */
export const LABEL = 'dev.harden.verify';

export interface IsolateOptions {
  /** The label's value: whose containers these are. */
  readonly owner: string;
  /** Where the tree's copy is; what is bind-mounted from below it may be written to. */
  readonly folder: string;
  /** Services that reach out of their containers are started too. */
  readonly allowHost: boolean;
}

/** What stands in for a path of this machine. */
export interface StandIn {
  /** The path that the service asks for. */
  readonly source: string;
  /** The path that it gets, to be made before the start. */
  readonly path: string;
  /** True for a path of the tree's copy, whose content it gets. */
  readonly own: boolean;
}

/** A project that shares nothing with this machine or with a running one. */
export interface Isolated {
  readonly model: ComposeModel;
  /** Services that are not started, and why. */
  readonly left: ReadonlyMap<string, string>;
  readonly standIns: readonly StandIn[];
  /** The services that are built, with the tags of what comes out: the same for what is built alike. */
  readonly built: readonly { readonly service: string; readonly image: string }[];
}

/**
 * Takes from a project all by which it would meet others: names of containers, networks and volumes, published ports,
 * tags of images, folders of the machine.
 * @param scratch folder for what stands in for bind mounts.
 */
export function isolate(model: ComposeModel, scratch: string, options: IsolateOptions): Isolated {
  const left = new Map<string, string>();
  for (const [name, service] of Object.entries(model.services)) {
    const reach = options.allowHost ? undefined : (hostReach(service) ?? externalOf(model, service));
    if (reach !== undefined) left.set(name, reach);
  }
  const standIns = new Map<string, StandIn>();
  const standIn = (source: string): string => {
    const known = standIns.get(source);
    if (known !== undefined) return known.path;
    const path = join(scratch, String(standIns.size));
    standIns.set(source, { source, path, own: isInside(options.folder, source) });
    return path;
  };
  const fixed = fixedNetworks(model);
  const images = builtImages(model, options.owner);
  const services = Object.entries(model.services)
    .filter(([name]) => !left.has(name))
    .map(([name, service]): [string, ServiceModel] => [
      name,
      isolatedService(name, service, { left, standIn, fixed, images, owner: options.owner }),
    ]);
  const labels = { [LABEL]: options.owner };
  return {
    left,
    standIns: [...standIns.values()],
    built: services.flatMap(([service, { build, image }]) =>
      build === undefined || image === undefined ? [] : [{ service, image }],
    ),
    model: {
      ...without(model, 'name'),
      services: Object.fromEntries(services),
      networks: mapValues(model.networks, (network, name) =>
        isolatedNetwork(network ?? {}, fixed.has(name), labels),
      )!,
      volumes: mapValues(model.volumes, (volume) => isolatedVolume(volume ?? {}, labels))!,
    },
  };
}

interface ServiceOptions {
  readonly left: ReadonlyMap<string, string>;
  readonly standIn: (source: string) => string;
  readonly fixed: ReadonlySet<string>;
  readonly images: ReadonlyMap<string, string>;
  readonly owner: string;
}

function isolatedService(name: string, service: ServiceModel, options: ServiceOptions): ServiceModel {
  const { left, standIn, fixed, images, owner } = options;
  const image = images.get(imageKey(name, service));
  const keepsLog = ['json-file', 'local', 'journald'].includes(service.logging?.driver ?? 'json-file');
  return {
    ...without(service, 'container_name', ...(keepsLog ? [] : (['logging'] as const))),
    labels: { ...service.labels, [LABEL]: owner },
    ...(image === undefined ? {} : { image, pull_policy: 'never' }),
    ...(service.ports === undefined ? {} : { ports: service.ports.map(isolatedPort) }),
    ...(service.volumes === undefined
      ? {}
      : { volumes: service.volumes.map((mount) => isolatedMount(mount, standIn)) }),
    ...(service.networks === undefined
      ? {}
      : {
          networks: mapValues(service.networks, (attachment, network) =>
            attachment === null || fixed.has(network)
              ? attachment
              : without(attachment, 'ipv4_address', 'ipv6_address', 'link_local_ips', 'mac_address'),
          )!,
        }),
    ...(service.depends_on === undefined
      ? {}
      : {
          depends_on: Object.fromEntries(
            Object.entries(service.depends_on).filter(([other]) => !left.has(other)),
          ),
        }),
    ...(service.healthcheck === undefined ? {} : { healthcheck: sooner(service.healthcheck) }),
  };
}

/** Any free port of loopback: nobody else is to reach it while it is tried. */
function isolatedPort(port: PortModel): PortModel {
  return { ...without(port, 'published'), host_ip: '127.0.0.1', mode: 'ingress' };
}

/** What may be written to is not the user's; what is only read may stay. */
function isolatedMount(mount: MountModel, standIn: (source: string) => string): MountModel {
  if (mount.type !== 'bind' || mount.source === undefined || mount.read_only === true) return mount;
  return { ...mount, source: standIn(mount.source) };
}

function isolatedNetwork(
  network: NetworkModel,
  fixed: boolean,
  labels: Readonly<Record<string, string>>,
): NetworkModel {
  const kept = fixed ? network : without(network, 'ipam');
  return {
    ...without(kept, 'name', 'external', 'driver', 'driver_opts'),
    labels: { ...network.labels, ...labels },
  };
}

/** Networks in which a service asks for an address of its own: these need their subnet. */
function fixedNetworks({ services }: ComposeModel): ReadonlySet<string> {
  return new Set(
    Object.values(services).flatMap(({ networks = {} }) =>
      Object.entries(networks).flatMap(([name, attachment]) =>
        attachment?.ipv4_address === undefined && attachment?.ipv6_address === undefined ? [] : [name],
      ),
    ),
  );
}

/** An empty volume of the engine's own, whatever stands behind the user's. */
function isolatedVolume(volume: VolumeModel, labels: Readonly<Record<string, string>>): VolumeModel {
  return { labels: { ...volume.labels, ...labels } };
}

/** Why a service can't have what lies outside the project. */
function externalOf(model: ComposeModel, service: ServiceModel): string | undefined {
  for (const kind of ['secrets', 'configs'] as const) {
    const found = service[kind]?.find(({ source }) => model[kind]?.[source]?.external === true);
    if (found !== undefined) return `its ${kind.slice(0, -1)} ${found.source} is not part of the project`;
  }
  return undefined;
}

/** The tags of the images that are built, by the names that services give them: none of the user's is replaced. */
function builtImages({ services }: ComposeModel, owner: string): ReadonlyMap<string, string> {
  const built = Object.entries(services).filter(([, { build }]) => build !== undefined);
  return new Map(
    built.map(([name, service]) => {
      const hash = createHash('sha256').update(JSON.stringify(service.build)).digest('hex');
      return [imageKey(name, service), `${owner}:${hash.slice(0, 12)}`];
    }),
  );
}

function imageKey(name: string, { image }: ServiceModel): string {
  return image ?? `\u0000${name}`;
}

/** The interval at which a check is tried here, in seconds. */
const CHECK_INTERVAL = 1;

/** The same patience, but a service that is up is seen to be so at once: the first check comes after an interval. */
export function sooner(check: HealthcheckModel): HealthcheckModel {
  const interval = seconds(check.interval ?? '30s');
  if (check.disable === true || interval === undefined || interval <= CHECK_INTERVAL) return check;
  const retries = Math.ceil((interval * (check.retries ?? 3)) / CHECK_INTERVAL);
  return { ...check, interval: `${CHECK_INTERVAL}s`, retries };
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000_001, ns: 1e-9 };

/** Seconds of a duration as Go writes it: https://pkg.go.dev/time#ParseDuration */
export function seconds(duration: string): number | undefined {
  const parts = [...duration.matchAll(/([\d.]+)(ms|us|ns|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
}
