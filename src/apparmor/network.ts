export type SocketKind = 'stream' | 'dgram' | 'raw' | 'seqpacket';

/** Sockets that a workload opens. */
export interface SocketUse {
  /** `AF_INET`. */
  readonly family: string;
  /** Undefined where it is not known. */
  readonly kinds: readonly SocketKind[] | undefined;
}

/** The rules for sockets. Those of a name that AppArmor does not have are left to the log of the complain mode. */
export function networkRules(uses: readonly SocketUse[]): readonly string[] {
  const rules = uses.flatMap(({ family, kinds }) => {
    const name = family.replace(/^AF_/, '').toLowerCase();
    // A kernel that tells these sockets apart takes rules of their own: apparmor.d(5), "Unix socket rules".
    if (name === 'unix' || name === 'local') return ['unix,'];
    if (!FAMILIES.has(name)) return [];
    return kinds === undefined ? [`network ${name},`] : kinds.map((kind) => `network ${name} ${kind},`);
  });
  return [...new Set(rules)].sort();
}

/** `DOMAIN` of a network rule: apparmor.d(5). */
const FAMILIES: ReadonlySet<string> = new Set(
  (
    'inet ax25 ipx appletalk netrom bridge atmpvc x25 inet6 rose netbeui security key netlink packet ash econet atmsvc ' +
    'rds sna irda pppox wanpipe llc ib mpls can tipc bluetooth iucv rxrpc isdn phonet ieee802154 caif alg nfc vsock kcm ' +
    'qipcrtr smc xdp'
  ).split(' '),
);
