import { combine, type Edits } from '../../src/core/text.js';
import type { YamlValue } from '../../src/formats/compose/edit.js';
import { addToSection } from '../../src/formats/compose/section.js';
import { egressConfigPath, EGRESS_PROXY, proxyUrl } from '../../src/workload/compose/egress-proxy.js';
import { namesOf } from '../../src/workload/compose/mentions.js';
import { GENEROUS_LIMIT } from '../../src/workload/compose/needs/tasks.js';
import { PROXY_VARIABLES, type ProxyClient } from '../../src/workload/compose/proxy-clients.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import { addVariables, join } from './join.js';
import { restartPolicy } from './limit-restarts.js';
import { NO_NEW_PRIVILEGES } from './remove-unconfined.js';
import { rotation } from './rotate-logs.js';
import type { DeclaredService } from './service.js';

/** Canonical's image of Squid, of Ubuntu's long-term release: https://hub.docker.com/r/ubuntu/squid */
const IMAGE = 'ubuntu/squid:6.6-24.04_beta';

/** The user and the group `proxy` of Debian and Ubuntu: /usr/share/base-passwd/passwd.master */
const USER = '13:13';

/** A service that goes by the proxy, and how its program is told so. */
export interface ProxiedClient extends DeclaredService {
  readonly client: ProxyClient;
}

/**
 * Adds the proxy as a service, and has others go by it.
 * @param networks one that leads outside, and one that only they share with it, which is made.
 * @param all the services of the project, which are asked directly.
 */
export function putProxy(
  clients: readonly ProxiedClient[],
  [outside, egress]: readonly [outside: string, egress: string],
  all: readonly ServiceWorkload[],
): Edits {
  const { document, workload } = clients[0]!;
  const restart = workload.view.last('restart')?.value;
  const variables = proxyVariables(
    all.flatMap(({ view }) => namesOf(view)).map((name) => name.toLowerCase()),
  );
  const policy = typeof restart === 'string' ? restart : restartPolicy();
  return combine(
    ...clients.flatMap((declared) => [
      addVariables(declared, { ...variables, ...declared.client.environment }),
      join(declared, 'depends_on', EGRESS_PROXY),
    ]),
    addToSection(document, 'services', EGRESS_PROXY, definition(document.path, policy, [outside, egress])),
    addToSection(document, 'networks', egress, { internal: true }),
  );
}

/**
 * The proxy as a service. The other transforms never see it: it has from the start what they would give it.
 * @param composeFile whose service it is, as the configuration is named after it.
 * @param restart the policy of a service that goes by it.
 */
function definition(composeFile: string, restart: string, networks: readonly string[]): YamlValue {
  return {
    image: IMAGE,
    restart,
    // The image's own entrypoint makes folders as root for a cache that there is none of.
    entrypoint: ['squid', '-N', '-f', '/etc/squid/squid.conf'],
    user: USER,
    volumes: [`${egressConfigPath(composeFile)}:/etc/squid/squid.conf:ro`],
    networks: [...networks],
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: [NO_NEW_PRIVILEGES],
    pids_limit: GENEROUS_LIMIT,
    logging: { ...rotation() },
  };
}

/**
 * What has a program go by the proxy; both forms of the names, as Docker sets them itself:
 * https://docs.docker.com/engine/cli/proxy/
 * @param inside the names of the services, which are asked directly.
 */
function proxyVariables(inside: readonly string[]): Readonly<Record<string, string>> {
  const url = proxyUrl(EGRESS_PROXY);
  const values = [url, url, ['localhost', '127.0.0.1', ...inside].join(',')];
  return Object.fromEntries(
    PROXY_VARIABLES.flatMap((name, at) => [
      [name, values[at]!],
      [name.toLowerCase(), values[at]!],
    ]),
  );
}
