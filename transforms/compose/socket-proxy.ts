import { combine, type Edits } from '../../src/core/text.js';
import type { YamlValue } from '../../src/formats/compose/edit.js';
import { addToSection, removeFromSequence } from '../../src/formats/compose/section.js';
import type { SocketFacts, SocketMount } from '../../src/workload/compose/docker-socket.js';
import { GENEROUS_LIMIT } from '../../src/workload/compose/needs/tasks.js';
import { addVariables, join } from './join.js';
import { restartPolicy } from './limit-restarts.js';
import { NO_NEW_PRIVILEGES } from './remove-unconfined.js';
import { rotation } from './rotate-logs.js';
import type { DeclaredService } from './service.js';

export const PROXY = 'docker-socket-proxy';

/** The release from which the catalogue's facts about it are. */
const IMAGE = 'tecnativa/docker-socket-proxy:v0.4.1';

/** What the proxy lets through, as its variables: https://github.com/Tecnativa/docker-socket-proxy#grant-or-revoke-access-to-certain-api-sections */
export type Rights = Readonly<Record<string, number>>;

const SECTIONS =
  'auth commit configs containers distribution events exec images info networks nodes ping plugins secrets services swarm system tasks version volumes'.split(
    ' ',
  );

/** They are granted by default, and every client needs them. */
const GRANTED = ['ping', 'version'];

export function rightsOf({ api, writes }: SocketFacts): Rights {
  const names = api.filter((section) => !GRANTED.includes(section)).map((section) => section.toUpperCase());
  return Object.fromEntries([...names, ...(writes ? ['POST'] : [])].map((name) => [name, 1]));
}

/** A section that the proxy may not carry: a client builds over connections of other protocols (/session, /grpc). */
export function unfiltered({ api }: SocketFacts): string | undefined {
  return api.find((section) => !SECTIONS.includes(section));
}

/** The text to add by hand. */
export function suggestion(service: string, facts: SocketFacts | undefined): string {
  const rights = facts === undefined ? [] : Object.keys(rightsOf(facts)).map((name) => `${name}=1`);
  const granted = rights.length === 0 ? 'only what it calls' : rights.join(', ');
  return `a service ${PROXY} (${IMAGE}, ${granted}) that mounts the socket, on an internal network which ${service} joins; and instead of its mount ${setting(facts?.address)}`;
}

function setting(address: string | undefined): string {
  const url = `tcp://${PROXY}:2375`;
  if (address === undefined) return `${url} in its own settings`;
  if (address.startsWith('--')) return `${address}=${url}`;
  if (address === 'DOCKER_HOST') return `DOCKER_HOST=${url}`;
  // A key of a configuration file is written with underscores, an option of the command line without.
  return address.includes('_') ? `${address}: ${url}` : `--${address}=${url}`;
}

/** Adds the proxy as a service, and gives it to another one in the place of the socket. */
export function putProxy(
  declared: DeclaredService,
  mount: SocketMount,
  proxy: string,
  rights: Rights,
): Edits {
  const { document, service, workload } = declared;
  const restart = workload.view.last('restart')?.value;
  const label = mount.label === undefined ? '' : `:${mount.label}`;
  // The other transforms never see this service: it has from the start what they would give it.
  const definition: YamlValue = {
    image: IMAGE,
    restart: typeof restart === 'string' ? restart : restartPolicy(),
    environment: rights,
    volumes: [`${mount.source}:/var/run/docker.sock${label}`],
    networks: [proxy],
    // It writes its configuration to /tmp and its process id to /run, and runs as root without a capability.
    read_only: true,
    tmpfs: ['/run:noexec,nosuid,nodev,size=1m', '/tmp:noexec,nosuid,nodev,size=1m'],
    cap_drop: ['ALL'],
    security_opt: [NO_NEW_PRIVILEGES],
    pids_limit: GENEROUS_LIMIT,
    logging: { ...rotation() },
  };
  return combine(
    removeFromSequence(document, service, 'volumes', mount.node),
    addVariables(declared, { DOCKER_HOST: `tcp://${proxy}:2375` }),
    join(declared, 'depends_on', proxy),
    join(declared, 'networks', proxy),
    addToSection(document, 'services', proxy, definition),
    addToSection(document, 'networks', proxy, { internal: true }),
  );
}
