import { BlockList, isIP, isIPv4 } from 'node:net';
import { isInside } from '../../core/destination.js';

/** Where the other end of a packet is. */
export type Whereabouts =
  /** On this machine. */
  | 'machine'
  /** In a network that isn't the internet. */
  | 'inside'
  /** All that listen there: who answers is another address. */
  | 'group'
  | 'outside';

/** All addresses of the machine to bind(2), and to connect(2) the machine itself. */
export function isUnspecified(address: string): boolean {
  return /^(?:0\.0\.0\.0|::)$/.test(address);
}

const MACHINE = new BlockList();
MACHINE.addSubnet('127.0.0.0', 8, 'ipv4');
MACHINE.addAddress('::1', 'ipv6');

const GROUPS = new BlockList();
GROUPS.addSubnet('224.0.0.0', 4, 'ipv4');
GROUPS.addAddress('255.255.255.255', 'ipv4');
GROUPS.addSubnet('ff00::', 8, 'ipv6');

/** Where a packet goes that is sent to an address. */
export function whereaboutsOf(address: string): Whereabouts {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (isUnspecified(address) || MACHINE.check(address, family)) return 'machine';
  if (GROUPS.check(address, family)) return 'group';
  if (!isInside(address)) return 'outside';
  // How long a network's prefix is, is not in an address; this is how most of them end.
  return isIPv4(address) && address.endsWith('.255') ? 'group' : 'inside';
}

/** The private networks of IPv4 and IPv6, as a person would allow them. */
const NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'].concat([
  'fc00::/7',
  'fe80::/10',
]);

/** The networks that hold these addresses, which are inside. */
export function networksOf(addresses: readonly string[]): readonly string[] {
  return NETWORKS.filter((network) => addresses.some((address) => isCovered(address, [network])));
}

/** True for an address that one of these words of IPAddressAllow= stands for. */
export function isCovered(address: string, words: readonly string[]): boolean {
  const list = new BlockList();
  for (const word of words) {
    const [start = '', bits] = word.split('/');
    const family = isIPv4(start) ? 'ipv4' : 'ipv6';
    if (isIP(start) === 0) continue;
    if (bits === undefined) list.addAddress(start, family);
    else list.addSubnet(start, Number(bits), family);
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The words of IPAddressAllow= in the order of a person: names, IPv4, IPv6, each once. */
export function inOrder(words: Iterable<string>): readonly string[] {
  const rank = (word: string): number => (!/[.:]/.test(word) ? 0 : word.includes(':') ? 2 : 1);
  const compare = new Intl.Collator('en', { numeric: true });
  return [...new Set(words)].sort((a, b) => rank(a) - rank(b) || compare.compare(a, b));
}
