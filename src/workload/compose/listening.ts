import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { fileVariables, variablesOf } from './environment.js';
import type { Mount } from './mounts.js';
import { strings } from './plain.js';
import { citeField, join, type ServiceView } from './project.js';

/** Something that may make a server answer elsewhere than its image's defaults say. */
export interface Elsewhere {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** What a probe of the defaults relies on. */
export interface Defaults {
  readonly ports: readonly number[];
  /** The probe only opens a connection: TLS is no obstacle to that. */
  readonly connects: boolean;
  /** Variables that the probe reads itself. */
  readonly follows: (variable: string) => boolean;
}

/** Parts of a name that say whose address it is: not that of the server's own door. */
const OF_ANOTHER =
  /^(?:console|client|db|database|smtp|mail|email|ldap|proxy|transport|cluster|announce|advertised|broadcast|public|external|seed|seeds|cors)$/;
const ADDRESS = /^(?:p|port|ports|addr|address|addresses|listen|listener|listeners|bind)$/;
const OFF = /^(?:|false|off|no|none|disabled?|0)$/i;
const EVERYWHERE = /^(?:|\*|all|localhost|127\.0\.0\.1|0\.0\.0\.0|-?::1?|\[::1?\])$/i;

/** True when a setting, by its name, moves what the probe asks, and its value isn't the default one. */
function moves(name: string, value: string, { ports, connects }: Defaults): boolean {
  const parts = name.toLowerCase().split(/[_.-]+/);
  if (parts.some((part) => OF_ANOTHER.test(part))) return false;
  if (parts.some((part) => /^(?:tls|ssl|https)/.test(part))) return !connects && !OFF.test(value);
  if (parts.includes('networking')) return !OFF.test(value) || value === '';
  if (/(?:base|context|sub|root)_?path$/i.test(name)) return !/^\/?$/.test(value);
  // `host all all … md5` is a line of pg_hba.conf.
  const host = /^(?:http[_.-]?)?host$/i.test(name) && !/\s/.test(value);
  if (!host && !parts.some((part) => ADDRESS.test(part))) return false;
  return !value.split(/[\s,]+/).every((part) => {
    const port = /^(?:.*[^:]:|:)?(\d+)$/.exec(part)?.[1];
    return port === undefined ? EVERYWHERE.test(part) : ports.includes(Number(port));
  });
}

/** Looks through the environment, the command and the mounted configuration of a service. */
export function listensElsewhere(
  view: ServiceView,
  mounts: readonly Mount[],
  defaults: Defaults,
): Elsewhere | undefined {
  return (
    byEnvironment(view, defaults) ?? byCommand(view, mounts, defaults) ?? byMount(view, mounts, defaults)
  );
}

function byEnvironment(view: ServiceView, defaults: Defaults): Elsewhere | undefined {
  const others = new Set(view.project.services().map(({ name }) => name));
  const moved = (name: string, value: string | undefined): boolean => {
    if (defaults.follows(name)) return false;
    // A variable that only the shell gives a value may hold anything.
    const text = value === undefined ? '?' : view.project.interpolate(value).text;
    // The address of another service (`HOST: db`), not its own.
    return !others.has(text.replace(/^\w+:\/\/|:\d+$/g, '')) && moves(name, text, defaults);
  };
  const inFile = fileVariables(view).find(({ name, value }) => moved(name, value));
  if (inFile !== undefined) return { reason: reasonFor(inFile.name), evidence: [citeField(inFile.field)] };
  for (const field of view.fields('environment')) {
    const found = variablesOf(field).find(({ name, value }) => moved(name, value));
    if (found !== undefined) {
      return { reason: reasonFor(found.name), evidence: [cite(field.document, found.offset)] };
    }
  }
  return undefined;
}

function reasonFor(name: string): string {
  return `${name} may change where or how it answers`;
}

function byCommand(view: ServiceView, mounts: readonly Mount[], defaults: Defaults): Elsewhere | undefined {
  const field = view.last('command');
  if (field === undefined) return undefined;
  const evidence = [citeField(field)];
  const words = strings(field.value).flatMap((item) => view.project.interpolate(item).text.split(/\s+/));
  for (const [at, word] of words.entries()) {
    const option = /^(-{0,2})([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word);
    const joined = option?.[3];
    const next = words[at + 1] ?? '';
    const dashed = option !== null && option[1] !== '';
    const value = joined ?? (next.startsWith('-') ? '' : next);
    if (option !== null && (dashed || joined !== undefined) && moves(option[2]!, unquoted(value), defaults)) {
      return { reason: reasonFor(dashed ? `${option[1]}${option[2]!}` : option[2]!), evidence };
    }
    const path = unquoted(joined ?? word);
    if (CONFIGURATION.test(path) && !mounts.some(({ target }) => target === path)) {
      return { reason: `its configuration is read from ${path}, which is not in the tree`, evidence };
    }
  }
  return undefined;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** A configuration by its name or its place; what sets the clock, users and trusted authorities is none. */
export const CONFIGURATION = /^\/.*\.(?:conf|cnf|cfg|ini|ya?ml|toml|json|xml|properties|config)$/;
const PLACE = /^(?:\/usr\/local|\/opt\/[^/]+)?\/etc\/|\/conf(?:ig)?(?:\.d)?(?:\/|$)/;
const HARMLESS =
  /^\/etc\/(?:localtime|timezone|hosts|passwd|group|ssl\/certs|ca-certificates|letsencrypt)(?:\/|$)|\/certs?(?:\/|$)|\/docker-entrypoint-initdb\.d(?:\/|$)/;

function byMount(view: ServiceView, mounts: readonly Mount[], defaults: Defaults): Elsewhere | undefined {
  const configs = view.last('configs');
  if (configs !== undefined) {
    return { reason: 'its configuration comes from configs', evidence: [citeField(configs)] };
  }
  for (const { target, source, kind, evidence } of mounts) {
    if (HARMLESS.test(target) || !(CONFIGURATION.test(target) || PLACE.test(target))) continue;
    const path = kind === 'bind' && source !== undefined ? view.project.interpolate(source).text : '/';
    const inTree = !/^[/~\\$]/.test(path);
    const text = inTree ? view.project.files.read(join(view.project.folder, path)) : undefined;
    if (text === undefined) {
      return { reason: `its configuration in ${target} is not read here`, evidence: [evidence] };
    }
    const found = settings(text).find(([name, value]) => moves(name, value, defaults));
    if (found !== undefined) return { reason: reasonFor(`${found[0]} in ${path}`), evidence: [evidence] };
  }
  return undefined;
}

/** `name value`, `name = value` and `name: value`, whatever the format; comments are left out. */
function settings(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:<|"|- )?([A-Za-z][\w.-]*)"?\s*(?:[=:>]|\s)\s*"?([^"#;<]*)/.exec(line);
    return match === null ? [] : [[match[1]!, unquoted(match[2]!.trim().replace(/,$/, ''))] as const];
  });
}
