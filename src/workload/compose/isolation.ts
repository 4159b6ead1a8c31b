import type { Evidence } from '../../core/types.js';
import type { ImageFacts } from '../../catalogue/types.js';
import { isSocketProxy } from './docker-socket.js';
import { environmentFiles, hostPattern, matchIn, mentionOf, mountedFiles } from './mentions.js';
import { declaredNetworks } from './networks.js';
import { environmentOf, isRecord, strings } from './plain.js';
import type { ComposeProject, ServiceView } from './project.js';
import type { ServiceWorkload } from './service.js';
import { partialReason } from './whole.js';

/** A data store on the project's default network. */
export interface SharedStore {
  readonly workload: ServiceWorkload;
  readonly facts: ImageFacts;
  /** The services that talk to it, each with the line that says so. */
  readonly users: ReadonlyMap<string, Evidence>;
  /** Why it can't be taken off the default network, or not without a person's look. */
  readonly obstacle: string | undefined;
}

/** The data stores that every service of the project reaches although nothing but some of them needs to. */
export function sharedStores(workloads: readonly ServiceWorkload[]): readonly SharedStore[] {
  return workloads.flatMap((workload): SharedStore[] => {
    const facts = storeFacts(workload);
    if (facts === undefined) return [];
    const own = projectObstacle(workload.view.project) ?? ownObstacle(workload);
    if (own !== undefined) return [{ workload, facts, users: new Map(), obstacle: own }];
    const { users, obstacle } = usersOf(workload, workloads);
    return [{ workload, facts, users, obstacle }];
  });
}

/** The facts of a store that needs no network but its users'; a published port needs the default one. */
function storeFacts({ origin, view, swarm }: ServiceWorkload): ImageFacts | undefined {
  if (origin.kind !== 'server' || origin.facts.role !== 'data-store') return undefined;
  if (origin.facts.egress?.needs !== false || swarm) return undefined;
  const elsewhere = ['ports', 'networks', 'network_mode'].some((key) => view.fields(key).length > 0);
  return elsewhere ? undefined : origin.facts;
}

function projectObstacle(project: ComposeProject): string | undefined {
  const configured = declaredNetworks(project).has('default');
  return (
    partialReason(project) ??
    (configured ? 'the file configures the default network: other projects may reach it there' : undefined)
  );
}

function ownObstacle({ view }: ServiceWorkload): string | undefined {
  if (isExtended(view)) return 'it extends another service';
  if (view.fields('extra_hosts').length > 0) return 'it names hosts outside the project (extra_hosts)';
  const served = servedBy(view);
  if (served !== undefined) return served;
  for (const key of ['environment', 'command']) {
    for (const field of view.fields(key)) {
      const test = (text: string): boolean => OUTSIDE.test(view.project.interpolate(text).text);
      if (matchIn(field.node, field.yaml, test) !== undefined) {
        return `its ${key} names an address outside the project, which it could no longer reach`;
      }
    }
  }
  return undefined;
}

/** A URL whose host has a domain, or the engine's host. */
const OUTSIDE = /:\/\/(?:[^\s/@]*@)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w.-]*\()|host\.docker\.internal/i;

/** How a reverse proxy that may be anywhere is told to serve it. */
export function servedBy(view: ServiceView): string | undefined {
  for (const field of view.fields('labels')) {
    if (matchIn(field.node, field.yaml, (text) => /^(?:traefik|caddy)[._]/.test(text)) !== undefined) {
      return 'its labels are for a reverse proxy, which would have to reach it';
    }
  }
  for (const field of view.fields('environment')) {
    if ('VIRTUAL_HOST' in environmentOf(field.value)) return 'a reverse proxy serves it (VIRTUAL_HOST)';
  }
  return undefined;
}

export function isExtended(view: ServiceView): boolean {
  return view.missing !== undefined || view.extendsService !== undefined || view.extendsFile !== undefined;
}

function usersOf(
  store: ServiceWorkload,
  workloads: readonly ServiceWorkload[],
): Pick<SharedStore, 'users' | 'obstacle'> {
  const host = hostPattern(store.view);
  const users = new Map<string, Evidence>();
  let obstacle: string | undefined;
  for (const other of workloads) {
    if (other === store) continue;
    // Who the store itself talks to has to stay in its reach as well.
    const evidence = mentionOf(other.view, host) ?? mentionOf(store.view, hostPattern(other.view));
    if (evidence !== undefined) users.set(other.name, evidence);
    const reason = evidence === undefined ? unseenUse(other, workloads) : joinObstacle(other, store);
    obstacle ??= reason === undefined ? undefined : `${other.name} ${reason}`;
  }
  if (users.size === 0) obstacle = 'nothing in the project names it: who uses it is not to be seen';
  return { users, obstacle };
}

/** Why a user of the store can't simply join another network. */
function joinObstacle({ view, swarm }: ServiceWorkload, store: ServiceWorkload): string | undefined {
  const mode = view.last('network_mode')?.value;
  if (typeof mode === 'string') return `uses it and has network_mode: ${mode}`;
  if (view.fields('networks').length > 0) return 'uses it and chooses its networks itself';
  if (swarm) return 'uses it and is for Swarm, whose networks are others';
  if (isExtended(view)) return 'uses it and extends another service';
  const alias = view
    .fields('links')
    .flatMap((field) => strings(field.value))
    .find((link) => link.startsWith(`${store.name}:`) && link !== `${store.name}:${store.name}`);
  return alias === undefined ? undefined : `reaches it by another name (links: ${alias})`;
}

/** Why a service that doesn't name the store may use it all the same. */
function unseenUse(other: ServiceWorkload, workloads: readonly ServiceWorkload[]): string | undefined {
  const { view, origin } = other;
  const mode = view.last('network_mode')?.value;
  if (mode === 'none' || mode === 'host') return undefined;
  const image = view.last('image');
  if (isExtended(view)) return 'extends another service: what it uses is not read';
  const environment = environmentFiles(view).unread;
  if (environment !== undefined) return `reads ${environment}, which is not in the tree and may name it`;
  const role = origin.kind === 'server' ? origin.facts.role : undefined;
  if (role === 'data-store' || role === 'broker') return undefined;
  const mounted = mountedFiles(view).unread ?? topLevelFiles(view);
  if (mounted !== undefined) return `mounts ${mounted}, which is not read and may name it`;
  const variable = openVariable(view);
  if (variable !== undefined) return `gets ${variable} from outside, which may name it`;
  if (typeof image?.value === 'string' && TOLD_AT_RUN_TIME.test(image.value)) {
    return 'is told at run time what to connect to, which may be this';
  }
  if (origin.kind === 'server') return undefined;
  // Who lists what it talks to has most likely listed all; of who lists nothing, nothing is known.
  const listed = workloads.some(
    (third) =>
      third !== other && !isSocketProxy(third) && mentionOf(view, hostPattern(third.view)) !== undefined,
  );
  return listed ? undefined : 'names no service at all: its program may know this one';
}

/** Programs whose user enters the host to connect to. */
const TOLD_AT_RUN_TIME =
  /adminer|pgadmin|phpmyadmin|pgweb|pghero|mongo-express|redis-?(?:commander|insight)|dbeaver|cloudbeaver|dbgate|sqlpad|metabase|superset|redash|grafana\/grafana|kibana|uptime-kuma|node-red|n8n|nocodb|budibase|appsmith|tooljet|hasura|directus|jupyter|notebook|code-server|airbyte|airflow|portainer/i;

const NAMES_A_HOST =
  /HOST|URL|URI|DSN|ADDR|SERVER|ENDPOINT|BROKER|DATABASE|REDIS|MONGO|POSTGRES|SQL|CONN|DB/i;

/** A variable that may hold a host's name and has no value in the tree. */
function openVariable(view: ServiceView): string | undefined {
  for (const field of view.fields('environment')) {
    for (const [name, value] of Object.entries(environmentOf(field.value))) {
      const open = value === null ? name !== '<<' : view.project.interpolate(value).unresolved.length > 0;
      if (open && NAMES_A_HOST.test(name)) return name;
    }
  }
  return undefined;
}

/** `configs` and `secrets` of a service: their files are not followed. */
function topLevelFiles(view: ServiceView): string | undefined {
  for (const key of ['configs', 'secrets']) {
    for (const field of view.fields(key)) {
      const [first] = Array.isArray(field.value) ? field.value : [];
      const name = isRecord(first) ? first.source : first;
      if (typeof name === 'string') return `${key} ${name}`;
    }
  }
  return undefined;
}
