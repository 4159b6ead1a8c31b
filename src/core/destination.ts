import { BlockList, isIP, isIPv4 } from 'node:net';

/** Something that a workload reaches over a network. */
export type Destination =
  | {
      readonly kind: 'host';
      /** In small letters; `.example.com` is the domain with all below it. */
      readonly name: string;
      /** Undefined for the ports of HTTP. */
      readonly port: number | undefined;
    }
  | {
      readonly kind: 'address';
      readonly address: string;
      /** Undefined for a single address. */
      readonly prefix: number | undefined;
      readonly port: number | undefined;
    };

/** The ports that a destination without one is for. */
export const HTTP_PORTS: readonly number[] = [80, 443];

/** A name with a domain: one word alone is what people call a service of their own. */
const HOST = /^\.?(?:[a-z\d](?:[\w-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** Reads `api.example.com`, `.example.com`, `10.0.0.0/8`, `2001:db8::7`, each with `:port`, an IPv6 address then in brackets. */
export function parseDestination(word: string): Destination | undefined {
  const bare = isIP(word) === 6 || /^[\da-f:.]*:[\da-f:.]*\/\d+$/i.test(word);
  const found = bare ? null : /^(.+?):(\d{1,5})$/.exec(word);
  const port = found === null ? undefined : Number(found[2]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const text = (found?.[1] ?? word).replace(/^\[(.+)\]$/, '$1').toLowerCase();
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family !== 0) {
    const prefix = bits === undefined ? undefined : Number(bits);
    const valid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
    return valid && more.length === 0 ? { kind: 'address', address, prefix, port } : undefined;
  }
  return HOST.test(text) && text.length <= 253 ? { kind: 'host', name: text, port } : undefined;
}

/**
 * The addresses that no router of the internet carries: of this machine, of private networks (RFC 1918, RFC 4193), of the
 * link (RFC 3927, RFC 4291), of carriers (RFC 6598). https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const INSIDE = new BlockList();
for (const [address, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  INSIDE.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  INSIDE.addSubnet(address, prefix, 'ipv6');

/** Whether an address is one of a network that isn't the internet. */
export function isInside(address: string): boolean {
  return INSIDE.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
