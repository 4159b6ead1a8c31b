import { isIP } from 'node:net';
import { annotation, stringOf, unescape } from './call.js';

export type Endpoint =
  | { readonly kind: 'address'; readonly port: number; readonly text: string }
  | { readonly kind: 'path'; readonly path: string };

/** `AF_INET`; undefined for what is no family's name. */
export function familyOf(argument: string | undefined): string | undefined {
  const name = /^(?:A|P)F_([A-Z0-9]+)$/.exec(argument ?? '')?.[1];
  if (name === undefined) return undefined;
  return name === 'LOCAL' ? 'AF_UNIX' : `AF_${name}`;
}

/**
 * The address in a socket call. Which transport it is, is known from -yy; without it an address is told as `ip`.
 * @param socket the descriptor, @param address the structure.
 */
export function endpointOf(socket: string | undefined, address: string | undefined): Endpoint | undefined {
  if (address?.startsWith('{') !== true) return undefined;
  const family = familyOf(/sa_family=([A-Z0-9_]+)/.exec(address)?.[1]);
  if (family === 'AF_UNIX') {
    // A name in the abstract namespace has an @ before it, and is no file.
    const path = stringOf(/sun_path=("(?:[^"\\]|\\.)*")/.exec(address)?.[1]);
    return path === undefined || path === '' ? undefined : { kind: 'path', path };
  }
  const port = Number(/sin6?_port=htons\((\d{1,5})\)/.exec(address)?.[1] ?? NaN);
  const host = unescape(
    /inet_addr\("([^"]*)"\)/.exec(address)?.[1] ?? /inet_pton\(AF_INET6, "([^"]*)"/.exec(address)?.[1] ?? '',
  );
  if (Number.isNaN(port) || port > 65535 || isIP(host) === 0 || host.includes('%')) return undefined;
  const transport = /^(TCP|UDP|SCTP|RAW|ICMP)/.exec(annotation(socket) ?? '')?.[1]?.toLowerCase() ?? 'ip';
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return { kind: 'address', port, text: `${transport} ${shown}:${port}` };
}

/** The addresses in the headers of messages: `msg_name={…}`, outside of the texts that are sent. */
export function messageNames(argument: string | undefined): readonly string[] {
  const parts = /"(?:[^"\\]|\\.)*"|\bmsg_name=(\{(?:[^}"]|"(?:[^"\\]|\\.)*")*\})/g;
  return [...(argument ?? '').matchAll(parts)].flatMap(([, name]) => name ?? []);
}
