import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { ownPair, resolveAlias } from '../../formats/compose/document.js';
import type { Interpolated } from './interpolate.js';
import { splitOutsideBraces } from './mounts.js';
import { isRecord, toPlain, type Plain } from './plain.js';
import type { ComposeProject, Field } from './project.js';

/** One entry of `ports`: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports */
export interface PublishedPort {
  readonly node: Node;
  readonly form: 'short' | 'long';
  /** As written, variables included. */
  readonly text: string;
  /** The host address; undefined when the port is published on all of them by default. */
  readonly hostIp: string | undefined;
  /** Host port or range with variables filled in; undefined when the engine picks one. */
  readonly published: string | undefined;
  /** Container port or range. */
  readonly target: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Variables in the host part that nothing gives a value to: each may hold an address. */
  readonly unresolved: readonly string[];
}

/** The entries of a `ports` field. What isn't of either syntax is left out. */
export function publishedPorts(field: Field, project: ComposeProject): readonly PublishedPort[] {
  const list = resolveAlias(field.node, field.yaml);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item): PublishedPort[] => {
    const node = item as Node;
    const value = toPlain(node, field.yaml);
    const port = isRecord(value)
      ? longPort(node, value, project)
      : isScalar(node)
        ? shortPort(node, value, project)
        : undefined;
    return port === undefined ? [] : [port];
  });
}

function shortPort(node: Node, value: Plain, project: ComposeProject): PublishedPort | undefined {
  if (typeof value !== 'string') return undefined;
  const filled = project.interpolate(value);
  const match =
    /^(?:(?<host>\[[^\]]+\]|[^:]*):(?=[^:]*:))?(?:(?<published>[^:]*):)?(?<target>[^:/]+)(?:\/(?<protocol>\w+))?$/.exec(
      mask(filled.text),
    );
  if (match?.groups === undefined) return undefined;
  const { host, published, target = '', protocol = 'tcp' } = match.groups;
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return undefined;
  const before = splitOutsideBraces(value, ':').slice(0, -1).join(':');
  return {
    node,
    form: 'short',
    text: value,
    hostIp: host === undefined ? undefined : unmask(host).replace(/^\[|\]$/g, ''),
    published: published === undefined || published === '' ? undefined : unmask(published),
    target: unmask(target),
    protocol,
    unresolved: project.interpolate(before).unresolved,
  };
}

/** Hides the colons of unresolved `${VAR:?…}` references from the syntax of ports. */
function mask(text: string): string {
  return text.replace(/\$\{[^{}]*\}/g, (reference) => reference.replaceAll(':', '\u0001'));
}

function unmask(text: string): string {
  return text.replaceAll('\u0001', ':');
}

function longPort(
  node: Node,
  value: Readonly<Record<string, Plain>>,
  project: ComposeProject,
): PublishedPort | undefined {
  if (typeof value.target !== 'string') return undefined;
  const fill = (field: Plain | undefined): Interpolated | undefined =>
    typeof field === 'string' ? project.interpolate(field) : undefined;
  const address = fill(value.host_ip);
  const protocol = value.protocol === 'udp' || value.protocol === 'sctp' ? value.protocol : 'tcp';
  return {
    node,
    form: 'long',
    text: `${String(value.published ?? '')}:${value.target}`,
    hostIp: address?.text,
    published: fill(value.published)?.text,
    target: project.interpolate(value.target).text,
    protocol,
    // A long entry has a field of its own for the address: a variable elsewhere can only hold a port.
    unresolved: address?.unresolved ?? [],
  };
}

/** The mapping of a long entry, when it is written in place. */
export function longEntry(port: PublishedPort): YAMLMap | undefined {
  return isMap(port.node) && ownPair(port.node, 'target') !== undefined ? port.node : undefined;
}

/** True when the port can be reached from other machines as far as its host address says. */
export function isExposed(port: PublishedPort): boolean {
  return port.hostIp === undefined || ['', '0.0.0.0', '::', '*'].includes(port.hostIp);
}
