import { citeSource } from '../../src/core/evidence.js';
import { refused } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import {
  isSocketProxy,
  proxyObstacle,
  socketFacts,
  socketMounts,
  type SocketMount,
} from '../../src/workload/compose/docker-socket.js';
import { citations } from '../../src/workload/model.js';
import type { ComposeTransform, DeclaredService } from './service.js';
import { PROXY, putProxy, rightsOf, suggestion, unfiltered } from './socket-proxy.js';

const SOURCE = 'Tecnativa/docker-socket-proxy@a6fbf3835b0554c12be4bccdea4299e14ecb05e8';

export const proxyDockerSocket: ComposeTransform = {
  meta: {
    id: 'compose/proxy-docker-socket',
    title: 'Put a filtering proxy before the Docker socket',
    description:
      "Who can talk to the engine's socket can start a privileged container, and so is root on the host; mounting it read-only changes nothing about that. A service whose image is known to take the engine's address from DOCKER_HOST gets a proxy on an internal network instead, which lets through only the sections of the API that the image calls, and requests that change something only where it makes such. A service that may create containers keeps a way to become root, by them. Where the address is an option, the text to add is shown.",
    severity: 'critical',
    phase: 3,
    mayBreak:
      'A call to a section of the API that is not let through fails with 403 Forbidden; the proxy itself needs the socket, and is one more image to trust and update.',
    touches: [
      'services.*.volumes',
      'services.*.environment',
      'services.*.depends_on',
      'services.*.networks',
      'services.docker-socket-proxy*',
      'networks',
    ],
    controls: ['CIS-Docker-5.32', 'NIST-800-190-4.4.3'],
    references: [
      'https://github.com/Tecnativa/docker-socket-proxy',
      'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
    ],
  },
  run: (document, context) => {
    const workloads = document.services.flatMap(({ name }) => context.workload(name) ?? []);
    const taken = new Set(workloads.map(({ name }) => name));
    return document.services.flatMap((service): readonly Finding[] => {
      const workload = context.workload(service.name);
      if (workload?.view.declaredIn !== document || isSocketProxy(workload)) return [];
      const mounts = socketMounts(workload);
      const [mount] = mounts;
      if (mount === undefined) return [];
      const name = [PROXY, `${PROXY}-${service.name}`].find((candidate) => !taken.has(candidate));
      const finding = decide({ document, service, workload }, mount, name, () =>
        proxyObstacle(workload, mounts, workloads),
      );
      if ('edits' in finding && name !== undefined) taken.add(name);
      return [finding];
    });
  },
};

function decide(
  declared: DeclaredService,
  mount: SocketMount,
  proxy: string | undefined,
  obstacleOf: () => string | undefined,
): Finding {
  const { service, workload } = declared;
  const facts = socketFacts(workload);
  const { start, end } = service.keyRange;
  const base = {
    range: { start, end },
    message: `${service.name} mounts the engine's socket: whoever breaks into it is root on the host (:ro changes nothing)`,
    evidence: [mount.evidence, ...citations(facts?.cites ?? [])],
  };
  const left = (reason: string): Finding => ({
    ...base,
    subject: ['services', service.name],
    safety: 'manual',
    reason,
    suggestion: suggestion(service.name, facts),
  });
  if (facts === undefined) return left('which calls its program makes is not known');
  if (facts.address === undefined) return left('it is told another address in its own settings');
  if (facts.address !== 'DOCKER_HOST') return left(`it takes another address as ${facts.address}`);
  const section = unfiltered(facts);
  if (section !== undefined) return left(`whether ${section} works through the proxy is not known`);
  const obstacle = mount.own ? obstacleOf() : 'its volumes come from an anchor or another service';
  if (obstacle !== undefined) return left(obstacle);
  const rights = rightsOf(facts);
  const edit = proxy === undefined ? refused(`${PROXY} is taken`) : putProxy(declared, mount, proxy, rights);
  if (!edit.ok) return left(edit.reason);
  const note = facts.writes ? '; it may still create containers, and become root by these' : '';
  return {
    ...base,
    subject: [],
    evidence: [
      ...base.evidence,
      citeSource(`${SOURCE}:haproxy.cfg`, 'http-request deny unless METH_GET || { env(POST) -m bool }'),
      citeSource(`${SOURCE}:docker-entrypoint.sh`, '/haproxy.cfg.template > /tmp/haproxy.cfg'),
    ],
    safety: 'unsafe',
    change: `${service.name}: DOCKER_HOST=tcp://${proxy}:2375 instead of the socket; ${proxy} lets through ${Object.keys(rights).join(', ')}${note}`,
    edits: edit.edits,
  };
}
