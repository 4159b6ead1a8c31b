import type { ImageFacts } from '../../../catalogue/types.js';
import { citations, isWithin, known, likely, type Need } from '../../model.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import { variablesSet } from '../environment.js';
import { environmentOf, isRecord, strings, type Plain } from '../plain.js';
import { join, type ServiceView } from '../project.js';

/** Folders of configuration and scripts that servers read and don't keep their state in. */
const READ_FOLDERS = [
  '/docker-entrypoint-initdb.d',
  '/etc/alertmanager',
  '/etc/caddy',
  '/etc/grafana/provisioning',
  '/etc/mysql/conf.d',
  '/etc/mysql/mariadb.conf.d',
  '/etc/nginx',
  '/etc/prometheus',
  '/usr/local/etc/haproxy',
];

/** What a web server serves: read, unless its configuration lets clients upload. */
const CONTENT = ['/usr/local/apache2/htdocs', '/usr/share/nginx/html'];

/** Files that are read as configuration, where they are mounted one by one: some images do edit them. */
const CONFIG_FILE =
  /^(?:\/etc|\/usr|\/opt\/.+\/(?:etc|conf|config)|\/docker-entrypoint-initdb\.d|\/mosquitto\/config)\/.*\.(?:cfg|cnf|conf|crt|ini|key|pem|properties|sh|sql|template|toml|xml|ya?ml)$/;

/** Redis and its kin rewrite their file on CONFIG REWRITE, which a sentinel sends; a sentinel's own holds its state. */
const REWRITTEN = /(?:redis|valkey|keydb|sentinel)[^/]*\.conf$/;

/** Files of the host's clock. Who sets TZ may write them; else they are only read. */
const CLOCK = ['/etc/localtime', '/etc/timezone', '/usr/share/zoneinfo'];

/** What programs that observe the host read of it. */
const OBSERVED = ['/proc', '/sys', '/etc/os-release', '/etc/passwd', '/etc/group', '/lib/modules'];

/** A bind mount that is writable today and only read. */
export interface ReadMount {
  readonly mount: Mount;
  readonly need: Need<true>;
}

/** The bind mounts that are only read, as far as the catalogue or the place tells; of others nothing is said. */
export function readMountsNeed(
  view: ServiceView,
  origin: Origin,
  mounts: readonly Mount[],
): readonly ReadMount[] {
  return mounts.flatMap((mount): ReadMount[] => {
    if (mount.kind !== 'bind' || mount.readOnly || mount.options.includes('rw')) return [];
    // The engine makes the mount point of a nested mount, which a read-only one doesn't let it.
    if (holdsOther(view, mount, mounts)) return [];
    const need = needOf(view, origin, mount, mounts);
    return need === undefined ? [] : [{ mount, need }];
  });
}

function needOf(
  view: ServiceView,
  origin: Origin,
  mount: Mount,
  mounts: readonly Mount[],
): Need<true> | undefined {
  const source = hostPath(view, mount);
  if (/\.sock$|^\/(?:var\/)?run(?:\/|$)|^\/dev(?:\/|$)/.test(source)) return undefined;
  if (CLOCK.includes(source) && mount.target === source) {
    return setsClock(view) ? undefined : likely(true, ...origin.evidence);
  }
  if (origin.kind !== 'server') return undefined;
  const { facts } = origin;
  const observed = facts.host?.reads.some((path) => isWithin(source, path)) === true;
  if (facts.host !== undefined && observed && source.startsWith('/')) {
    return known(true, ...origin.evidence, ...citations(facts.host.cites));
  }
  if (facts.role === 'monitoring' && OBSERVED.some((path) => isWithin(source, path))) {
    return likely(true, ...origin.evidence);
  }
  if (CONTENT.includes(mount.target)) return likely(true, ...origin.evidence);
  if (!isConfiguration(view, mount) || isWritten(facts, mount, mounts)) return undefined;
  // A sentinel keeps its state in its configuration.
  if (isSentinel(view, mount)) return undefined;
  // What works under a read-only root leaves this path alone, or goes on when it can't be written.
  const proved = facts.writable !== undefined;
  const cited = [...origin.evidence, ...citations(facts.writable?.cites ?? [])];
  if (changesItself(view, facts) || isOutput(view, mount)) return undefined;
  if (proved) return REWRITTEN.test(mount.target) ? likely(true, ...cited) : known(true, ...cited);
  return isReadFolder(mount) ? likely(true, ...origin.evidence) : undefined;
}

/** The place on the host: absolute, `~/…`, or relative to the root of the tree. */
export function hostPath({ project }: ServiceView, { source = '' }: Mount): string {
  const home = source.replace(/^\$(?:HOME|\{HOME\})(?=\/|$)/, '~');
  const { text } = project.interpolate(home);
  const path = text.replace(/(?!^)\/+$/, '');
  return path.startsWith('.') ? join(project.folder, path) : path;
}

function isConfiguration(view: ServiceView, mount: Mount): boolean {
  if (isReadFolder(mount) || mount.target === '/etc/ssl/certs') return true;
  return CONFIG_FILE.test(mount.target) && view.project.files.kind(hostPath(view, mount)) !== 'directory';
}

function isReadFolder({ target }: Mount): boolean {
  return READ_FOLDERS.some((path) => isWithin(target, path));
}

/** What the image writes is no configuration: its volumes and writable paths, what they hold, and what holds them. */
function isWritten(facts: ImageFacts, { target }: Mount, mounts: readonly Mount[]): boolean {
  const near = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a);
  const written = (facts.writable?.paths ?? []).filter(
    ({ whenMounted }) => whenMounted === undefined || mounts.some((mount) => near(mount.target, whenMounted)),
  );
  const paths = [...(facts.volumes?.paths ?? []), ...written.map(({ path }) => path), '/tmp'];
  return paths.some((path) => near(target, path));
}

function changesItself(view: ServiceView, facts: ImageFacts): boolean {
  return variablesSet(view, facts.writable?.unlessVariables).length > 0;
}

/** A variable makes it the place where files are generated: NGINX_ENVSUBST_OUTPUT_DIR. */
function isOutput(view: ServiceView, { target }: Mount): boolean {
  const variables = view.fields('environment').flatMap((field) => Object.entries(environmentOf(field.value)));
  return variables.some(
    ([name, value]) => /OUTPUT_(?:DIR|PATH)$/.test(name) && value !== null && isWithin(target, value),
  );
}

function isSentinel(view: ServiceView, { target }: Mount): boolean {
  const command = view.fields('command').flatMap((field) => strings(field.value));
  return /sentinel/.test([...command, target].join(' '));
}

function setsClock(view: ServiceView): boolean {
  return view.fields('environment').some((field) => 'TZ' in environmentOf(field.value));
}

function holdsOther(view: ServiceView, mount: Mount, mounts: readonly Mount[]): boolean {
  const files = ['configs', 'secrets'].flatMap((key) =>
    view
      .fields(key)
      .flatMap((field) => (Array.isArray(field.value) ? (field.value as readonly Plain[]) : [])),
  );
  const targets = files.flatMap((item) =>
    isRecord(item) && typeof item.target === 'string' ? [item.target] : [],
  );
  return [...targets, ...mounts.map(({ target }) => target)].some(
    (target) => target !== mount.target && isWithin(target, mount.target),
  );
}
