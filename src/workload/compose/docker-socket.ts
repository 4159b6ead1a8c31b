import { isAlias, type Node } from 'yaml';
import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { ImageFacts } from '../../catalogue/types.js';
import { environmentFiles, matchIn, mentionOf } from './mentions.js';
import { environmentOf } from './plain.js';
import type { ServiceWorkload } from './service.js';
import { partialReason } from './whole.js';

/** The engine's socket as a service mounts it. Who may talk to it is root on the host, with `:ro` too. */
export interface SocketMount {
  /** The entry of `volumes`. */
  readonly node: Node;
  /** The host's path as written, variables included. */
  readonly source: string;
  /** The option of SELinux that the mount has: `z` or `Z`. */
  readonly label: string | undefined;
  readonly own: boolean;
  readonly evidence: Evidence;
}

/** The mounts of the engine's socket among those of a service. */
export function socketMounts({ view, mounts }: ServiceWorkload): readonly SocketMount[] {
  return mounts.flatMap(({ source, target, options, field, entry }): SocketMount[] => {
    if (source === undefined || entry === undefined) return [];
    const { text, unresolved } = view.project.interpolate(source);
    const hidden = unresolved.length > 0 && SOCKET.test(target);
    if (!hidden && !SOCKET.test(text)) return [];
    return [
      {
        node: entry,
        source,
        label: options.find((option) => /^z$/i.test(option)),
        own: field.own && !isAlias(field.node),
        evidence: cite(field.document, entry.range?.[0] ?? field.offset),
      },
    ];
  });
}

const SOCKET = /(?:^|\/)docker\.sock$/;

/** An image that is a filter for the socket itself. */
export function isSocketProxy({ view }: ServiceWorkload): boolean {
  const image = view.last('image')?.value;
  return typeof image === 'string' && /socket-?proxy(?:[:@]|$)/i.test(image);
}

export type SocketFacts = NonNullable<ImageFacts['dockerSocket']>;

/** What the catalogue knows of how the service's program uses the socket, as it is configured here. */
export function socketFacts({ origin, view }: ServiceWorkload): SocketFacts | undefined {
  const facts = origin.kind === 'server' ? origin.facts.dockerSocket : undefined;
  if (facts?.onlyReads === undefined) return facts;
  const { api, unless } = facts.onlyReads;
  // A variable may be set in an environment file, and has an option of the same name: `--enable-actions`.
  const names = unless.map((name) => name.replace(/^[A-Z]+_(?=.*_)/, '').replaceAll('_', '[_-]'));
  const asked = mentionOf(view, new RegExp(names.join('|'), 'i')) !== undefined;
  return asked || environmentFiles(view).unread !== undefined ? facts : { ...facts, api, writes: false };
}

/** Why the service can't get a proxy in place of the socket without a person; undefined when it can. */
export function proxyObstacle(
  workload: ServiceWorkload,
  mounts: readonly SocketMount[],
  workloads: readonly ServiceWorkload[],
): string | undefined {
  const { view } = workload;
  const partial = partialReason(view.project);
  if (partial !== undefined) return partial;
  if (workload.swarm) return 'in a Swarm the proxy has to run where the socket is';
  const other = workloads.find(isSocketProxy)?.name;
  if (other !== undefined) return `${other} is a proxy already: point it there`;
  if (workload.privileged !== undefined) return 'privileged gives it the host anyway: replace it first';
  if (mounts.length > 1) return 'the socket is mounted more than once';
  const variable = view.project.interpolate(mounts[0]?.source ?? '').unresolved[0];
  if (variable !== undefined) return `where the host's socket is, is left to \${${variable}}`;
  const around = workload.mounts.find(({ source }) => /^(?:\/|(?:\/var)?\/run\/?)$/.test(source ?? ''));
  if (around !== undefined) return `it mounts ${around.source} too, which holds the socket`;
  for (const key of ['network_mode', 'userns_mode', 'security_opt']) {
    const field = view.last(key);
    const value = field === undefined ? undefined : JSON.stringify(field.value);
    // no-new-privileges says nothing of the socket; a label does.
    if (value === undefined || (key === 'security_opt' && !/label|userns/.test(value))) continue;
    return key === 'network_mode'
      ? `with ${key}: ${String(field?.value)} it can't reach a proxy by its name`
      : `the proxy would need its ${key} as well`;
  }
  return ownAddress(workload) ?? extension(workload, workloads);
}

function ownAddress({ view }: ServiceWorkload): string | undefined {
  for (const field of view.fields('environment')) {
    const name = Object.keys(environmentOf(field.value)).find((key) => /^DOCKER_(?:HOST|TLS|CERT)/.test(key));
    if (name !== undefined) return `${name} is set already`;
  }
  for (const key of ['command', 'entrypoint', 'environment']) {
    for (const field of view.fields(key)) {
      const test = (text: string): boolean => /docker\.sock|unix:\/\//.test(text);
      if (matchIn(field.node, field.yaml, test) !== undefined) return `its ${key} names the socket`;
    }
  }
  return undefined;
}

function extension({ name, view }: ServiceWorkload, all: readonly ServiceWorkload[]): string | undefined {
  if (view.extendsService !== undefined || view.extendsFile !== undefined)
    return 'it extends another service';
  const user = all.find((other) => other.view.extendsService === name);
  return user === undefined ? undefined : `${user.name} extends it, and would have to change with it`;
}
