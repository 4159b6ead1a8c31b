import { cite, citeSource } from '../../core/evidence.js';
import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import type { ImageBuild } from '../dockerfile.js';
import { citations } from '../model.js';
import { programName, type StartupProgram } from '../startup.js';
import { fileInImage, type FileContext } from './commands.js';
import type { ProgramSource } from './sources.js';

/** The TCP port on which the program is known to listen, and the variable that changes it. */
export type ListeningPort =
  | {
      readonly kind: 'port';
      readonly port: number;
      readonly variable: string | undefined;
      readonly evidence: readonly Evidence[];
    }
  | { readonly kind: 'unclear'; readonly reason: string; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'none' };

interface Named {
  readonly port: number | undefined;
  readonly variable: string | undefined;
  readonly evidence: Evidence;
}

/** Ports of debuggers: nobody listens there in production. */
const DEBUGGERS = new Set([9229, 5005, 5678, 2345, 40000]);

/** Programs that are told the port of another one. */
export const CLIENTS =
  /^(?:wait-for\S*|wait4\S*|dockerize|pg_isready|psql|pg_\w+|mysql\w*|mariadb\w*|mongosh?|redis-cli|curl|wget|nc|ncat|netcat|telnet|ssh|scp|echo|printf|test|\[|\[\[|sed|grep|awk|envsubst|export|set|if|while|sleep|openssl|socat|dlv|cloud_sql_proxy|cloud-sql-proxy)$/;

const LONG =
  /^(?:--?(?:http[-_.]?)?port|--server[.-]port|--bind|--bind-address|--listen|--addr|--address|--http|--http-address|--urls|-Dserver\.port|-S|--web\.listen-address)$/;
/** Programs of which `-p` means the port. */
const SHORT_P =
  /^(?:next|http-server|serve|flask|rails|puma|thin|rackup|daphne|live-server|json-server|vite|gatsby|ng|nuxt|nuxi|php|hexo|remix-serve)$/;
const SHORT_B = /^(?:gunicorn|hypercorn|granian)$/;

function isPortOption(program: string, option: string): boolean {
  if (LONG.test(option)) return option !== '-S' || program === 'php';
  if (option === '-p') return SHORT_P.test(program);
  if (option === '-l') return program === 'serve';
  return option === '-b' && SHORT_B.test(program);
}

/** `8000`, `0.0.0.0:8000`, `$PORT`, `[::]:${PORT:-8000}`. */
function readPort(text: string): Omit<Named, 'evidence'> | undefined {
  const bare = text.replace(/["']/g, '').replace(/\/+$/, '');
  const literal = /^(?:.*[:\]])?(\d{2,5})$/.exec(bare)?.[1];
  if (literal !== undefined) return { port: Number(literal), variable: undefined };
  const variable = /(?:^|:)\$(?:\{(\w+)(?::?-(\d{2,5}))?\}|(\w+))$/.exec(bare);
  if (variable === null) return undefined;
  const [, braced, fallback, plain] = variable;
  return { port: fallback === undefined ? undefined : Number(fallback), variable: braced ?? plain };
}

/** The ports that a command's options name. */
function portsOf({ name = '', args, evidence }: StartupProgram): readonly Named[] {
  let program = programName(name);
  if (CLIENTS.test(program)) return [];
  return args.flatMap((word, at) => {
    // `entrypoint.sh gunicorn -b …` and `npx next start -p …` name the program among the words.
    if (SHORT_P.test(word) || SHORT_B.test(word)) program = word;
    const [option = '', attached] = word.split(/=(.*)/s, 2);
    const address = /^[\w.[\]:]*:(?:\d{2,5}|\$\S+)$/;
    const value =
      attached ??
      (isPortOption(program, option)
        ? args[at + 1]
        : args[at - 1] === 'runserver' && (address.test(word) || /^\d+$/.test(word))
          ? word
          : undefined);
    if (value === undefined || (attached !== undefined && !isPortOption(program, option))) return [];
    const port = readPort(value);
    return port === undefined ? [] : [{ ...port, evidence }];
  });
}

/** Programs that read PORT when no option says otherwise. */
const READS_PORT = /^(?:next|remix-serve|react-router-serve|nuxt|nuxi|gunicorn|rails|puma)$/;

/** Variables that name the port in the image's own environment. */
const PORT_VARIABLE =
  /^(?:(?:HTTP|SERVER|APP|WEB|LISTEN|NITRO|FLASK_RUN|UVICORN|GRADIO_SERVER|STREAMLIT_SERVER|API|GATEWAY)_)?PORT$|^ASPNETCORE_HTTP_PORTS$/;

const FROM_ENVIRONMENT: readonly RegExp[] = [
  /\bprocess\.env\.(\w*PORT)\b\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})/g,
  /\bprocess\.env\[['"](\w*PORT)['"]\]\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})/g,
  /\bos\.(?:environ\.get|getenv)\(\s*['"](\w*PORT)['"]\s*,\s*['"]?(\d{2,5})/g,
  /\bgetEnv\w*\(\s*"(\w*PORT)"\s*,\s*"?(\d{2,5})/gi,
];
const LITERAL =
  /\.listen\(\s*(\d{2,5})\b|\bListenAndServe\(\s*"[\w.]*:(\d{2,5})"|\b(?:run|serve|run_app|run_simple)\([^()]*\bport\s*=\s*(\d{2,5})\b/;

function lineOf({ file, text }: ProgramSource, offset: number): Evidence {
  const line = text.slice(0, offset).split('\n').length;
  return { file, line, text: redact((text.split('\n')[line - 1] ?? '').trim()) };
}

/** The port that the program's source listens on, or reads from a variable with a default. */
function portInSource(sources: readonly ProgramSource[], exposed: readonly number[]): Named | undefined {
  for (const source of sources) {
    for (const pattern of FROM_ENVIRONMENT) {
      for (const match of source.text.matchAll(pattern)) {
        const [, variable = '', port] = match;
        // REDIS_PORT is another program's, unless it is what the image exposes.
        if (!PORT_VARIABLE.test(variable) && !exposed.includes(Number(port))) continue;
        return { variable, port: Number(port), evidence: lineOf(source, match.index) };
      }
    }
  }
  for (const source of sources.filter(({ entry }) => entry)) {
    const match = LITERAL.exec(source.text);
    const port = match?.slice(1).find((each) => each !== undefined);
    if (match === null || port === undefined) continue;
    return { variable: undefined, port: Number(port), evidence: lineOf(source, match.index) };
  }
  return undefined;
}

interface Exposed {
  readonly ports: readonly number[];
  readonly evidence: readonly Evidence[];
  /** A variable or a range: which ports is not known. */
  readonly open: boolean;
}

/** The TCP ports that EXPOSE names; `EXPOSE 80` means TCP. */
function exposed(document: DockerfileDocument, build: ImageBuild): Exposed {
  const ports = new Set<number>();
  let open = false;
  for (const { value } of build.scope.ports) {
    if (value === undefined || /^\d+-\d+/.test(value)) open = true;
    const port = /^(\d+)(?:\/tcp)?$/i.exec(value ?? '')?.[1];
    if (port !== undefined && !DEBUGGERS.has(Number(port))) ports.add(Number(port));
  }
  const evidence = [...new Set(build.scope.ports.map(({ instruction }) => instruction.start))];
  return { ports: [...ports], evidence: evidence.map((offset) => cite(document, offset)), open };
}

function portInEnvironment(document: DockerfileDocument, build: ImageBuild): readonly Named[] {
  return [...build.scope.env].flatMap(([name, { value, instruction }]) =>
    PORT_VARIABLE.test(name) && value !== undefined && /^\d{2,5}$/.test(value)
      ? [{ port: Number(value), variable: name, evidence: cite(document, instruction.start) }]
      : [],
  );
}

const NGINX_FILES = [
  '/etc/nginx/conf.d/default.conf',
  '/etc/nginx/nginx.conf',
  '/etc/nginx/templates/default.conf.template',
  '/etc/nginx/http.d/default.conf',
];
const PHP = 'https://github.com/docker-library/php/blob/master/Dockerfile-linux.template';

/** What a server that the base brings listens on, as the copied configuration or the catalogue says. */
function portOfBase(document: DockerfileDocument, build: ImageBuild, context: FileContext): ListeningPort {
  const { base, facts, scope } = build;
  const name = base?.repository.split('/').at(-1) ?? '';
  if (/^nginx(?:-unprivileged)?$/.test(name)) {
    for (const path of NGINX_FILES) {
      const file = fileInImage(document, build, path, context);
      if (file === undefined) continue;
      const listens = [...file.text.matchAll(/^\s*listen\s+(?:[\d.]+:)?(\d+)([^;]*);/gm)];
      const plain = listens.find(([, , rest = '']) => !rest.includes('ssl')) ?? listens[0];
      if (plain === undefined) continue;
      const line =
        file.text.slice(0, plain.index).split('\n').length +
        (/^\s*/.exec(plain[0])![0].split('\n').length - 1);
      const evidence = { file: file.file, line, text: plain[0].trim() };
      return { kind: 'port', port: Number(plain[1]), variable: undefined, evidence: [evidence] };
    }
    const configured = scope.instructions.some(
      ({ keyword, argumentText }) =>
        /^(?:COPY|ADD|RUN)$/.test(keyword) && argumentText.includes('/etc/nginx'),
    );
    if (configured) return { kind: 'none' };
  }
  const at = cite(document, scope.root.from.start);
  const tag = base?.tag ?? '';
  if (base?.repository === 'php') {
    const port = tag.includes('apache') ? 80 : tag.includes('fpm') ? 9000 : undefined;
    const moved = scope.instructions.some(({ argumentText }) =>
      /ports\.conf|\bListen\b|listen\s*=/.test(argumentText),
    );
    // The image's own CMD, said again.
    const { json, argumentText = '' } = scope.command ?? {};
    const starts =
      scope.command === undefined || /^(?:apache2-foreground|php-fpm)$/.test(json?.join(' ') ?? argumentText);
    if (port === undefined || moved || scope.entrypoint !== undefined || !starts) return { kind: 'none' };
    const source = citeSource(PHP, `EXPOSE ${port}`);
    return { kind: 'port', port, variable: undefined, evidence: [at, source] };
  }
  const [port, more] = facts?.ports?.listens ?? [];
  if (facts?.kind !== 'server' || port === undefined || more !== undefined) return { kind: 'none' };
  return { kind: 'port', port, variable: undefined, evidence: [at, ...citations(facts.ports!.cites)] };
}

/** Puts together what the command, the sources, ENV and EXPOSE say of the port. */
export function listeningPort(
  document: DockerfileDocument,
  build: ImageBuild,
  commands: readonly StartupProgram[],
  sources: readonly ProgramSource[],
  context: FileContext,
): ListeningPort {
  const exposes = exposed(document, build);
  const environment = portInEnvironment(document, build);
  const valueOf = (variable: string): number | undefined =>
    environment.find((each) => each.variable === variable)?.port ??
    numberOf(build.scope.env.get(variable)?.value);
  const settle = (named: Named): ListeningPort => {
    const port = (named.variable === undefined ? undefined : valueOf(named.variable)) ?? named.port;
    const evidence = [named.evidence, ...exposes.evidence];
    const [only] = exposes.ports;
    const chosen = port ?? (exposes.ports.length === 1 ? only : undefined);
    if (chosen === undefined) {
      return { kind: 'unclear', reason: `nothing says which port ${named.variable ?? 'it'} is`, evidence };
    }
    if (exposes.ports.length > 0 && !exposes.ports.includes(chosen) && !exposes.open) {
      const reason = `it listens on port ${chosen}, and EXPOSE names ${exposes.ports.join(', ')}`;
      return { kind: 'unclear', reason, evidence };
    }
    return { kind: 'port', port: chosen, variable: named.variable, evidence };
  };

  // A variable without a value is one of a script's own, or asks for what EXPOSE says.
  const named = commands
    .flatMap(portsOf)
    .filter(
      ({ port, variable }) =>
        port !== undefined ||
        (variable !== undefined && (valueOf(variable) !== undefined || exposes.ports.length === 1)),
    );
  const [first] = named;
  if (first !== undefined) {
    const distinct = new Set(named.map(({ port, variable }) => variable ?? port));
    if (distinct.size === 1) return settle(first);
    return {
      kind: 'unclear',
      reason: 'what starts names several ports',
      evidence: named.map((each) => each.evidence),
    };
  }
  const inSource = portInSource(sources, exposes.ports);
  if (inSource !== undefined) return settle(inSource);
  const set = environment.filter(({ port }) => exposes.ports.length === 0 || exposes.ports.includes(port!));
  if (set.length === 1 && (environment.length === 1 || exposes.ports.length > 0)) return settle(set[0]!);
  const { ports, evidence, open } = exposes;
  if (ports.length === 2 && ports.includes(80) && ports.includes(443)) {
    return { kind: 'port', port: 80, variable: undefined, evidence };
  }
  if (ports.length > 1 || open) {
    const reason = open
      ? 'EXPOSE names a port that is not known'
      : `EXPOSE names several ports (${ports.join(', ')}): nothing says which of them tells whether it works`;
    return { kind: 'unclear', reason, evidence };
  }
  const ofBase = portOfBase(document, build, context);
  if (ports[0] === undefined) return ofBase;
  if (ofBase.kind === 'port' && ofBase.port !== ports[0]) {
    const reason = `EXPOSE names port ${ports[0]}, and the server of the image listens on ${ofBase.port} unless it is configured`;
    return { kind: 'unclear', reason, evidence: [...evidence, ...ofBase.evidence] };
  }
  const variable = commands.some(({ name = '', args }) =>
    [programName(name), ...args].some((word) => READS_PORT.test(word)),
  )
    ? 'PORT'
    : undefined;
  return { kind: 'port', port: ports[0], variable, evidence };
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{2,5}$/.test(value) ? Number(value) : undefined;
}
