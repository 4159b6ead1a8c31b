import { isIP, isIPv4 } from 'node:net';
import type { Stated } from './stated.js';

/** An end of a recorded connection. */
export interface Endpoint {
  readonly protocol: string;
  /** An IPv4 address is one, where a socket of IPv6 reaches it too. */
  readonly address: string;
  readonly port: number;
  readonly stated: Stated;
}

/** The addresses of a recorded list; sockets in the file system are none. */
export function endpointsOf(list: readonly Stated[]): readonly Endpoint[] {
  return list.flatMap((stated) => {
    const [, protocol = '', six, four, port = ''] =
      /^(\w+) (?:\[([\da-f:.]+)\]|([\d.]+)):(\d+)$/i.exec(stated.value) ?? [];
    const address = plainAddress(six ?? four ?? '');
    return isIP(address) === 0 ? [] : [{ protocol, address, port: Number(port), stated }];
  });
}

/** An address as packets have it: `::ffff:10.0.0.2` is one of IPv4. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address.toLowerCase();
}
