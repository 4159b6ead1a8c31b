import { citeSource, uniqueEvidence } from '../../src/core/evidence.js';
import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { enumeration } from '../../src/core/words.js';
import type { ComposeDocument } from '../../src/formats/compose/document.js';
import { addToSection } from '../../src/formats/compose/section.js';
import {
  egressPlan,
  type ClosedService,
  type LeftService,
  type ProxiedService,
} from '../../src/workload/compose/egress.js';
import { EGRESS_PROXY } from '../../src/workload/compose/egress-proxy.js';
import { DEFAULT_NETWORK, freeNetworkName, networksOf } from '../../src/workload/compose/networks.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import { putProxy } from './egress-proxy.js';
import { join, moveNetworks } from './join.js';
import type { ComposeTransform, DeclaredService } from './service.js';

const INTERNAL = 'https://docs.docker.com/reference/compose-file/networks/#internal';
/** Since Docker 23.0.11, 25.0.5 and 26.0 such a network forwards no question for a name either. */
const NAMES = 'https://github.com/moby/moby/security/advisories/GHSA-mq39-4gv4-mvpx';

export const limitEgress: ComposeTransform = {
  meta: {
    id: 'compose/limit-egress',
    title: 'Leave services only the ways out that they need',
    description:
      "A container reaches every address of the internet and of the host's network, and so does whoever breaks into it: to fetch tools, and to send data away. A service that needs nothing outside moves to an internal network, which the others of the project join, so that they find each other as before; it is a new network, as Compose leaves one that is there as it is. One that needs some hosts, and whose program goes by HTTPS_PROXY, reaches those alone, through a proxy (Squid) whose configuration is written beside the Compose file, in `egress/`. What a service reaches is known of some images, of what `harden learn` has recorded, and of what a person says: `egress: [api.example.com]` in an override, or `[none]`. The hosts that a configuration names are shown as a beginning.",
    severity: 'medium',
    phase: 3,
    mayBreak:
      'What reaches a host that nobody has named fails: updates, telemetry, mail, certificates. Other projects that join the network no longer find the service. Before Docker 23.0.11, 25.0.5 and 26.0 names are still resolved outside.',
    // Data stores that have a network of their own by then need no second one.
    follows: true,
    touches: [
      'services.*.networks',
      'services.*.environment',
      'services.*.depends_on',
      'services.egress-proxy',
      'networks',
    ],
    controls: ['NIST-800-190-4.4.2'],
    references: [
      INTERNAL,
      NAMES,
      'https://hub.docker.com/r/ubuntu/squid',
      'https://docs.docker.com/engine/cli/proxy/',
    ],
  },
  run: (document, context) => {
    const workloads = document.services.flatMap(({ name }) => {
      const workload = context.workload(name);
      return workload?.view.declaredIn === document ? [workload] : [];
    });
    const { closed, left } = egressPlan(workloads);
    return [...close(document, workloads, closed), ...left.map((one) => leave(document, one))];
  },
};

function isProxied(one: ClosedService): one is ProxiedService {
  return one.proxied !== undefined;
}

/** One change for all of them; where the proxy can't be put, one without those that would go by it. */
function close(
  document: ComposeDocument,
  workloads: readonly ServiceWorkload[],
  closed: readonly ClosedService[],
): readonly Finding[] {
  if (closed.length === 0) return [];
  const edit = makeEdits(document, workloads, closed);
  if (edit.ok) return [change(document, closed, edit)];
  const proxied = closed.filter(isProxied);
  const direct = closed.filter((one) => !isProxied(one));
  const refusedOnes = proxied.length === 0 || direct.length === 0 ? closed : proxied;
  const rest = refusedOnes === closed ? [] : close(document, workloads, direct);
  return [
    ...rest,
    ...refusedOnes.map(({ workload }) =>
      leave(document, { workload, reason: edit.reason, evidence: workload.outside.evidence }),
    ),
  ];
}

function makeEdits(
  document: ComposeDocument,
  workloads: readonly ServiceWorkload[],
  closed: readonly ClosedService[],
): Edits {
  const { project } = workloads[0]!.view;
  const declaredOf = (workload: ServiceWorkload): DeclaredService => ({
    document,
    service: document.services.find(({ name }) => name === workload.name)!,
    workload,
  });
  const twins = new Map<string, string>();
  for (const network of new Set(closed.flatMap(({ leaves }) => leaves))) {
    const names = network === DEFAULT_NETWORK ? ['internal', 'closed'] : [`${network}-internal`];
    const twin = freeNetworkName(project, ...names);
    if (twin === undefined) return refused('the names for its network are taken');
    twins.set(network, twin);
  }
  const proxied = closed.filter(isProxied);
  const egress = freeNetworkName(project, 'egress', 'egress-only');
  if (proxied.length > 0 && (egress === undefined || project.service(EGRESS_PROXY) !== undefined))
    return refused('the names for its proxy are taken');
  const clients = proxied.map(({ workload, proxied: { client } }) => ({ ...declaredOf(workload), client }));
  const isClosed = new Set(closed.map(({ workload }) => workload));
  const others = workloads.filter((workload) => !isClosed.has(workload));
  return combine(
    ...closed.map(({ workload, leaves, proxied: hosts }) =>
      moveNetworks(
        declaredOf(workload),
        new Map(leaves.map((network) => [network, twins.get(network)!])),
        hosts === undefined ? [] : [egress!],
      ),
    ),
    ...others.flatMap((workload) =>
      (networksOf(workload.view) ?? []).flatMap((network) => {
        const twin = twins.get(network);
        return twin === undefined ? [] : [join(declaredOf(workload), 'networks', twin)];
      }),
    ),
    ...(proxied.length === 0 ? [] : [putProxy(clients, [proxied[0]!.leaves[0]!, egress!], workloads)]),
    ...[...twins.values()].map((twin) => addToSection(document, 'networks', twin, { internal: true })),
  );
}

function change(
  document: ComposeDocument,
  closed: readonly ClosedService[],
  { edits }: Extract<Edits, { ok: true }>,
): Finding {
  const names = closed.map(({ workload }) => workload.name);
  const clients = closed.flatMap(({ proxied }) => (proxied === undefined ? [] : [proxied.client.evidence]));
  return {
    subject: [],
    range: document.services.find(({ name }) => name === names[0])!.keyRange,
    message: `${enumeration(names)} ${names.length > 1 ? 'reach' : 'reaches'} every address outside, and ${names.length > 1 ? 'need' : 'needs'} ${clients.length > 0 ? 'few of them' : 'none'}`,
    evidence: uniqueEvidence([
      ...closed.flatMap(({ workload }) => workload.outside.evidence),
      ...clients,
      citeSource(INTERNAL, 'an externally isolated network'),
    ]),
    safety: 'unsafe',
    change: closed
      .map(({ workload, proxied }) =>
        proxied === undefined
          ? `${workload.name} reaches nothing outside`
          : `${workload.name} reaches only ${enumeration(proxied.hosts)}, by ${EGRESS_PROXY}`,
      )
      .join('; '),
    edits,
  };
}

function leave(document: ComposeDocument, { workload, reason, evidence }: LeftService): Finding {
  const { name, outside } = workload;
  const hosts = outside.value.map(({ value }) => value);
  const named = hosts.length === 0 ? '' : `; its configuration names ${enumeration(hosts)}`;
  return {
    subject: ['services', name],
    range: document.services.find((service) => service.name === name)!.keyRange,
    message: `it reaches every address outside${outside.certainty === 'unknown' ? named : ''}`,
    evidence,
    safety: 'manual',
    reason,
    suggestion:
      outside.certainty === 'unknown'
        ? `harden.config.yml: {file: ${document.path}, service: ${name}, egress: [${hosts.join(', ')}]} with all that it reaches`
        : hosts.length === 0
          ? 'a network with internal: true, which those share that it talks to'
          : `a proxy that lets through ${enumeration(hosts)}, on an internal network with ${name}`,
  };
}
