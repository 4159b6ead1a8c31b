import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** A socket that waits for clients, in the network of this process. */
export interface Listening {
  /** `tcp 0.0.0.0:80`, `udp 127.0.0.1:53`, `unix /run/x.sock`: comparable from start to start. */
  readonly name: string;
  /** How a client connects to it; undefined for one that takes no connections. */
  readonly address?: { readonly host: string; readonly port: number } | { readonly path: string };
}

/** The processes of a unit: those in its control group and below. */
export function processesOf(controlGroup: string): readonly number[] {
  if (controlGroup === '') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      readQuietly(`/proc/${pid}/cgroup`)
        .split('\n')
        .some((line) => isWithin(line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1), controlGroup)),
    )
    .map(Number);
}

function isWithin(group: string, parent: string): boolean {
  return group === parent || group.startsWith(`${parent}/`);
}

/**
 * The sockets of these processes that clients can find; undefined when one of the processes can't be looked into. Those
 * in a network namespace of the unit's own are none.
 */
export function listeningOf(pids: readonly number[]): readonly Listening[] | undefined {
  const inodes = new Set<string>();
  for (const pid of pids) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(linkQuietly(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode !== undefined) inodes.add(inode);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
  const ephemeral = Number(readQuietly('/proc/sys/net/ipv4/ip_local_port_range').split(/\s+/)[0] || 32768);
  const all = [
    ...['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
      internetSockets(readQuietly(`/proc/self/net/${table}`), table, ephemeral),
    ),
    ...unixSockets(readQuietly('/proc/self/net/unix')),
  ];
  const own = all.filter(({ inode }) => inodes.has(inode)).map(({ listening }) => listening);
  return [...new Map(own.map((one) => [one.name, one])).values()];
}

export interface SocketRow {
  readonly inode: string;
  readonly listening: Listening;
}

const LISTEN = '0A';
/** A UDP socket without a peer. */
const UNCONNECTED = '07';

/**
 * The rows of a table of `/proc/net` that wait for clients: https://docs.kernel.org/networking/proc_net_tcp.html
 * @param ephemeral the first port that the kernel gives away: those differ from start to start.
 */
export function internetSockets(text: string, table: string, ephemeral: number): readonly SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): readonly SocketRow[] => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address = '', hexPort = ''] = local.split(':');
      const port = Number.parseInt(hexPort, 16);
      const tcp = table.startsWith('tcp');
      if (inode === undefined || state !== (tcp ? LISTEN : UNCONNECTED) || !(port < ephemeral)) return [];
      const host = addressOf(address);
      const shown = host.includes(':') ? `[${host}]` : host;
      const name = `${tcp ? 'tcp' : 'udp'} ${shown}:${port}`;
      return [{ inode, listening: tcp ? { name, address: { host: clientsHost(host), port } } : { name } }];
    });
}

/** An address of `/proc/net`: words of four bytes, the last byte first. */
function addressOf(hex: string): string {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) =>
    [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (bytes[2 * at]! * 256 + bytes[2 * at + 1]!).toString(16),
  );
  return groups
    .join(':')
    .replace(/(?:^|:)0(?::0)+(?::|$)/, '::')
    .replace(/:{3,}/, '::');
}

function clientsHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

const ACCEPTS = 0x10000;

/** Sockets in the file system that take connections; names that begin with `@` have no file. */
export function unixSockets(text: string): readonly SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): readonly SocketRow[] => {
      const [, , , flags = '', type, , inode, path] = line.trim().split(/\s+/);
      const accepts = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
      if (!accepts || inode === undefined || path?.startsWith('/') !== true) return [];
      const listening =
        type === '0001' ? { name: `unix ${path}`, address: { path } } : { name: `unix ${path}` };
      return [{ inode, listening }];
    });
}

/** How long a connection within the machine may take, in milliseconds. */
const PATIENCE = 1500;

/** Whether a client of this machine can connect. */
export function answers({ address }: Listening): Promise<boolean> {
  if (address === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: PATIENCE });
    const end = (answered: boolean) => (): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linkQuietly(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
