import { uniqueEvidence } from '../../core/evidence.js';
import type { DaemonFacts } from '../../catalogue/daemon-types.js';
import type { Evidence } from '../../core/types.js';
import { citations } from '../model.js';
import type { UnitCommands, UnitProgram } from './collect.js';

/** A socket that a program binds. */
export interface Listener {
  /** Empty for all addresses. */
  readonly host: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Listening {
  /** All of them. */
  readonly listeners: readonly Listener[];
  /** It opens connections to other hosts too. */
  readonly connects: boolean;
  readonly evidence: readonly Evidence[];
}

type Facts = NonNullable<DaemonFacts['listens']>;
type Socket = Facts['on'][number];

/** The values of options: `-p 80`, `-p80`, `--port=80`, `--port 80`. */
function valuesOf(args: readonly string[], options: readonly string[] = []): readonly string[] {
  return args.flatMap((arg, at) => {
    if (options.includes(arg)) return [args[at + 1] ?? ''];
    const option = options.find((name) => arg.startsWith(/^-\w$/.test(name) ? name : `${name}=`));
    return option === undefined ? [] : [arg.slice(option.length).replace(/^=/, '')];
  });
}

/** `host:port`, `:port`, `[::1]:port`, or a host alone. */
function parseAddress(text: string): { readonly host: string; readonly port: number | undefined } {
  const [, bracketed, named, number] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  if (bracketed === undefined && named === undefined) return { host: text, port: undefined };
  const host = bracketed ?? named ?? '';
  return { host: /^(\*|0\.0\.0\.0|::)$/.test(host) ? '' : host, port: number ? Number(number) : undefined };
}

/** What the arguments make of one socket of the catalogue; undefined when they don't tell. */
function socketsOf(socket: Socket, args: readonly string[]): readonly Listener[] | undefined {
  const { protocol } = socket;
  const addresses = valuesOf(args, socket.addresses).flatMap((value) => value.split(','));
  const ports = valuesOf(args, socket.ports);
  const usual = socket.default === undefined ? undefined : parseAddress(socket.default);
  if (addresses.length === 0 && ports.length === 0) {
    if (socket.default === 'none') return [];
    return usual?.port === undefined ? undefined : [{ host: usual.host, port: usual.port, protocol }];
  }
  const port = ports.length === 0 ? usual?.port : /^\d+$/.test(ports.at(-1)!) ? Number(ports.at(-1)) : NaN;
  const hosts = addresses.length === 0 ? [''] : addresses;
  const found = hosts.map((address) => {
    const parsed = parseAddress(address);
    return { host: parsed.host, port: parsed.port ?? port ?? NaN, protocol };
  });
  if (found.some((one) => Number.isNaN(one.port) || one.port > 65_535)) return undefined;
  // Port 0 asks the kernel for any port, or switches the socket off.
  if (found.some((one) => one.port === 0)) return socket.default === 'none' ? [] : undefined;
  return found;
}

function listensOf({ args, facts }: UnitProgram): readonly Listening[] | undefined {
  const found: Listening[] = [];
  const line = args.join(' ');
  for (const { listens } of facts) {
    if (listens === undefined || (listens.unless !== undefined && new RegExp(listens.unless).test(line)))
      return undefined;
    const sockets = listens.on.map((socket) => socketsOf(socket, args));
    if (!sockets.every((list) => list !== undefined)) return undefined;
    found.push({
      listeners: sockets.flat(),
      connects: listens.connects,
      evidence: citations(listens.cites).slice(0, 1),
    });
  }
  return found;
}

/** All sockets that the unit's programs bind; undefined when a program, a variable or a file may say otherwise. */
export function listeningOf({ opaque, programs }: UnitCommands): Listening | undefined {
  if (opaque.length > 0) return undefined;
  const servers = programs.filter(({ closed }) => !closed);
  // The manager or a shell replaces these when the command starts.
  const computed = servers.some(({ args }) => args.some((arg) => /\$|%(?!%)/.test(arg)));
  if (servers.length === 0 || computed || servers.some(({ facts }) => facts.length === 0)) return undefined;
  const found = servers.map(listensOf);
  if (!found.every((list) => list !== undefined)) return undefined;
  const all = found.flat();
  return {
    listeners: all.flatMap(({ listeners }) => listeners),
    connects: all.some(({ connects }) => connects),
    evidence: uniqueEvidence([
      ...servers.map(({ evidence }) => evidence),
      ...all.flatMap(({ evidence }) => evidence),
    ]),
  };
}

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host);
}

/** Ports that the arguments of programs name of which nothing more is known. */
export function namedPorts({ programs }: UnitCommands): readonly {
  readonly port: number;
  readonly evidence: Evidence;
}[] {
  const pattern =
    /(?:^|\s)--?(?:[a-z]+[-._])*(?:port|listen|bind|addr|address)[= ](?:(?:https?|tcp):\/\/)?(?:(?:\[[\da-f:]*\]|[\w.*-]*):)?(\d{2,5})(?=\s|$)/gi;
  return programs
    .filter(({ closed, facts }) => !closed && facts.every(({ listens }) => listens === undefined))
    .flatMap(({ args, evidence }) =>
      [...args.join(' ').matchAll(pattern)].map((match) => ({ port: Number(match[1]), evidence })),
    )
    .filter(({ port }) => port > 0 && port <= 65_535);
}
