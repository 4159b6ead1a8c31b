import type { Evidence } from '../../core/types.js';
import { programName, type StartupProgram } from '../startup.js';
import { cite } from '../../core/evidence.js';
import type { Program } from './program.js';

/** On which addresses a program listens, as its command says. */
export interface Binding {
  readonly kind: 'loopback' | 'everywhere';
  /** The part of the command, or the default, that says so. */
  readonly by: string;
  /** What the command says to listen on every address; undefined where only the program's documentation tells. */
  readonly instead: string | undefined;
  readonly evidence: Evidence;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::\S*)?$/i;
const EVERYWHERE = /^(?:0\.0\.0\.0|\[?::\]?)(?::\S*)?$/;
const OPTION = /^(?:--?(?:host|bind(?:-address)?|address|addr|listen|server\.address)|-b)$/;

/** Programs that are told the address of another one. */
const CLIENTS =
  /^(?:psql|pg_\w+|mysql\w*|mariadb\w*|redis-cli|mongo\w*|curl|wget|nc|ncat|ssh|dockerize|wait-for\S*|wait4\S*|celery|echo|printf|sed)$/;

const ADDRESS = '--host 0.0.0.0 --port $PORT';

/** Servers that listen on loopback unless they are told another address. */
const DEFAULTS: readonly { readonly command: RegExp; readonly by: string; readonly instead: string }[] = [
  {
    command: /^(?:python[\d.]* )?\S*manage\.py runserver(?: |$)/,
    by: 'runserver without an address',
    instead: 'runserver 0.0.0.0:$PORT',
  },
  { command: /^(?:python[\d.]* -m )?flask run(?: |$)/, by: 'flask run without --host', instead: ADDRESS },
  {
    command: /^(?:python[\d.]* -m )?uvicorn (?!.*--(?:uds|fd|config)\b)/,
    by: 'uvicorn without --host',
    instead: ADDRESS,
  },
  { command: /^vite(?: (?:preview|dev|serve)| -|$)/, by: 'vite without --host', instead: ADDRESS },
];

/** Programs behind which others may listen on loopback. */
const PROXIES =
  /^(?:nginx|caddy|haproxy|traefik|envoy|httpd|apache2\S*|supervisord|s6-svscan|foreman|honcho|pm2\S*)$/;

/** Where a program listens; undefined where its commands don't say, or another one may stand before it. */
export function bindingOf(program: Program): Binding | undefined {
  const found = program.commands.flatMap((command) => told(command) ?? byDefault(command) ?? []);
  const open = found.find(({ kind }) => kind === 'everywhere');
  if (open !== undefined) return open;
  if (program.commands.some(({ name = '' }) => PROXIES.test(programName(name)))) return undefined;
  return found[0] ?? (program.dockerfile === undefined ? undefined : commented(program));
}

function told({ name = '', args, evidence }: StartupProgram): Binding | undefined {
  if (CLIENTS.test(programName(name))) return undefined;
  for (const [at, word] of args.entries()) {
    const [option = '', attached] = word.split(/=(.*)/s, 2);
    const isOption = OPTION.test(option);
    const value = isOption ? (attached ?? args[at + 1] ?? '') : args[at - 1] === 'runserver' ? word : '';
    const by = isOption && attached === undefined ? `${word} ${value}` : word;
    const host = value.replace(/:[^:\]]*$/, '');
    if (LOOPBACK.test(value)) return { kind: 'loopback', by, instead: by.replace(host, '0.0.0.0'), evidence };
    if (EVERYWHERE.test(value)) return { kind: 'everywhere', by, instead: undefined, evidence };
  }
  return undefined;
}

function byDefault({ name = '', args, evidence }: StartupProgram): Binding | undefined {
  const command = [programName(name), ...args].join(' ');
  const found = DEFAULTS.find((server) => server.command.test(command));
  const isTold = args.some((word) => OPTION.test(word.split('=')[0]!) || /[\w.\]}]:(?:\d|\$)/.test(word));
  return found === undefined || isTold
    ? undefined
    : { kind: 'loopback', by: found.by, instead: found.instead, evidence };
}

/** A comment right above CMD that says where it listens. */
function commented({ dockerfile, build }: Program): Binding | undefined {
  const { command } = build.scope;
  if (dockerfile === undefined || command === undefined) return undefined;
  const { lines, text } = dockerfile;
  for (let at = command.start; at > 0 && at < text.length;) {
    at = lines.startOfLine(at - 1);
    const line = lines.lineText(at);
    if (!/^\s*#/.test(line)) return undefined;
    if (/\b(?:binds?|listens?)\b.*(?:loopback|127\.0\.0\.1|localhost)/i.test(line)) {
      return {
        kind: 'loopback',
        by: 'the comment above its CMD',
        instead: undefined,
        evidence: cite(dockerfile, at),
      };
    }
  }
  return undefined;
}
