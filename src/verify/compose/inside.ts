import { readFileSync } from 'node:fs';
import { capabilitiesIn } from '../../exposure/names.js';
import type { Engine } from '../tools.js';

/** A running container's first process, as the kernel tells of it. */
export interface Inside {
  readonly uid: number;
  /** The capability bounding set: `CHOWN`, `SETUID`. */
  readonly bounding: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly readOnlyRoot: boolean;
  /** Where a tmpfs is mounted, with its options. */
  readonly tmpfs: ReadonlyMap<string, string>;
  /** The addresses at which something listens, as `/proc/net/tcp` has them: `127.0.0.1:3000`. */
  readonly listening: readonly string[];
}

/** The first process's own file may be read by all; what namespaces hold, a program beside it sees as its own. */
const FILES = ['1/status', 'self/mountinfo', 'self/net/tcp', 'self/net/tcp6'] as const;

/**
 * Looks into a container: by its own `cat`, or, where it has none, by the engine's machine when that is this one.
 * Undefined when neither can be read.
 */
export async function lookInside(engine: Engine, id: string, pid: number): Promise<Inside | undefined> {
  // The files apart from each other: a heading that no line of theirs begins with.
  const args = FILES.flatMap((name) => ['/proc/1/comm', `/proc/${name}`]);
  const { code, stdout } = await engine.call(['exec', id, 'cat', ...args], { timeout: 10_000 });
  const parts = code === 0 ? split(stdout) : fromOutside(id, pid);
  return parts === undefined ? undefined : parse(parts);
}

type Parts = Readonly<Record<(typeof FILES)[number], string>>;

function split(text: string): Parts | undefined {
  const comm = text.slice(0, text.indexOf('\n') + 1);
  const rest = text.split(new RegExp(`(?<=^|\\n)${comm.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  const found = rest.slice(1);
  if (comm === '' || found.length !== FILES.length) return undefined;
  return Object.fromEntries(FILES.map((name, at) => [name, found[at]!])) as unknown as Parts;
}

/** The process as this machine numbers it, if it is the container's: an engine may run on another machine. */
function fromOutside(id: string, pid: number): Parts | undefined {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  try {
    if (!read('cgroup').includes(id.slice(0, 12))) return undefined;
    return Object.fromEntries(
      FILES.map((name) => [name, read(name.replace(/^\w+\//, ''))]),
    ) as unknown as Parts;
  } catch {
    return undefined;
  }
}

/** @param parts texts of the files of /proc: https://www.kernel.org/doc/html/latest/filesystems/proc.html */
export function parse(parts: Parts): Inside | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(parts['1/status'])?.[1];
  const [uid, bounding, privileges] = [field('Uid'), field('CapBnd'), field('NoNewPrivs')];
  if (uid === undefined || bounding === undefined) return undefined;
  const mounts = parts['self/mountinfo']
    .split('\n')
    .map((line) => /^\d+ \d+ \S+ \S+ (\S+) (\S+) .*?- (\S+) \S+ (\S+)/.exec(line))
    .filter((match) => match !== null);
  const root = mounts.filter(([, path]) => path === '/').at(-1);
  return {
    uid: Number(uid.split(/\s+/)[0]),
    bounding: capabilitiesIn(bounding),
    noNewPrivileges: privileges === '1',
    readOnlyRoot: root?.[2]?.split(',').includes('ro') ?? false,
    tmpfs: new Map(
      mounts
        .filter(([, path, , type]) => type === 'tmpfs' && !/^\/(?:dev|proc|sys)(?:\/|$)/.test(path!))
        .map(([, path, options, , own]) => [path!, `${options},${own}`]),
    ),
    listening: [...listeners(parts['self/net/tcp']), ...listeners(parts['self/net/tcp6'])],
  };
}

/** The local addresses of the sockets in state LISTEN. */
function listeners(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    if (state !== '0A' || address === undefined) return [];
    const [host = '', port = ''] = address.split(':');
    return [`${addressOf(host)}:${Number.parseInt(port, 16)}`];
  });
}

/** The kernel writes words in its own byte order, which is little-endian where Docker runs. */
function addressOf(hex: string): string {
  const bytes = hex.match(/.{8}/g)?.flatMap((word) => word.match(/../g)!.reverse()) ?? [];
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const text = bytes.join('').toLowerCase();
  if (/^0+$/.test(text)) return '[::]';
  if (/^0+1$/.test(text)) return '[::1]';
  const mapped = /^0{20}ffff(.{8})$/.exec(text)?.[1];
  if (mapped !== undefined)
    return mapped
      .match(/../g)!
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  return `[${text.match(/.{4}/g)!.join(':')}]`;
}
