import { isIP } from 'node:net';
import type { Evidence } from '../../core/types.js';
import { plainAddress } from '../endpoints.js';
import type { UsedText } from './collect.js';
import { CLOSED_PROGRAMS } from './programs.js';
import { baseName } from './scripts.js';

/** A host that a line of the unit names. */
export interface NamedHost {
  readonly kind: 'address' | 'name';
  readonly host: string;
  /** The option before it may be about what it listens on. */
  readonly mayListen: boolean;
  readonly evidence: Evidence;
}

const URL = /^([a-z][a-z\d+.-]*):\/\/(?:[^@/]*@)?(\[[\da-f:.]+\]|[^/:?#\]]+)/i;
const NO_HOSTS = /^(?:unix|file|fd|npipe|pipe|vsock|abstract)$/i;

/** `--redis-host`, `DB_URL`, `replicaof`: the value is a host, or begins with one. */
const HOST_KEY =
  /(?:host|server|servers|addr|address|endpoint|upstream|backend|peer|peers|broker|brokers|url|uri|dsn|replicaof|slaveof|masterhost|join|connect|remote|proxy|relay)$/i;

/** What is said of itself, and of who may come: no host that it asks. */
const OWN_KEY =
  /(?:server|site|host|domain|service|node|cluster|public|external|canonical)[-_]?(?:name|root|url)$|domain|realm|hostname|advertise|origin|cors|vhost|issuer|audience/i;

const LISTEN_KEY = /listen|bind|addr|interface|advertise|^-{0,2}(?:l|a|h|host|ip|http|https|web|grpc)$/i;

const NAME = /^(?=.*[a-z])[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*\.?$/;
const LOCAL_NAME = /^(?:localhost|ip6-localhost|ip6-loopback|.*\.localhost)(?:\.localdomain)?\.?$/;

/** Domains that no file and no module of a program ends in. */
const DOMAIN = /\.(?:com|net|org|edu|gov|io|dev|app|cloud|internal|intranet|local|lan|home|corp|arpa)\.?$/;

/** The hosts that commands and variables of a unit name, apart from this machine. */
export function namedHosts(texts: readonly UsedText[]): readonly NamedHost[] {
  return texts
    .filter(({ readsOnly, text }) => !readsOnly && !CLOSED_PROGRAMS.has(baseName(text.split(' ', 1)[0]!)))
    .flatMap(({ evidence, text }) => hostsIn(text).map((host) => ({ ...host, evidence })));
}

function hostsIn(text: string): readonly Omit<NamedHost, 'evidence'>[] {
  const words = text.split(/[\s"'`,;|()<>]+/).filter((word) => word !== '');
  return words.flatMap((word, at) => {
    const assigned = /^(-{0,2}[A-Za-z_][\w.-]*)=(.+)$/.exec(word);
    const before = words[at - 1] ?? '';
    const key = assigned?.[1] ?? (/^--?[A-Za-z]/.test(before) && !before.includes('=') ? before : '');
    const host = hostOf(assigned?.[2] ?? word, key);
    if (host === undefined || LOCAL_NAME.test(host)) return [];
    const kind = isIP(host) === 0 ? ('name' as const) : ('address' as const);
    return kind === 'name' && OWN_KEY.test(key) ? [] : [{ kind, host, mayListen: LISTEN_KEY.test(key) }];
  });
}

/** The host of a word, which an option or a variable may say is one; undefined where it is none. */
function hostOf(word: string, key: string): string | undefined {
  const [, scheme, authority] = URL.exec(word) ?? [];
  if (scheme !== undefined) return NO_HOSTS.test(scheme) ? undefined : nameOf(authority!);
  const address = word.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (isIP(address) !== 0) return plainAddress(address);
  const [, name = word, port] = /^(?:[^@:/]+@)?([^:/@]+):(\d{2,5})(?:[/?].*)?$/.exec(word) ?? [];
  if (port !== undefined || HOST_KEY.test(key) || DOMAIN.test(name)) return nameOf(name);
  return undefined;
}

function nameOf(text: string): string | undefined {
  const bare = plainAddress(text.replace(/^\[(.*)\]$/, '$1'));
  return isIP(bare) !== 0 || NAME.test(text) ? bare : undefined;
}
