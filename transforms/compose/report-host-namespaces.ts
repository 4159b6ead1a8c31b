import type { Finding } from '../../src/core/types.js';
import { wideBind } from '../../src/workload/compose/binds.js';
import { citeField, type Field, type ServiceView } from '../../src/workload/compose/project.js';
import { citations } from '../../src/workload/model.js';
import { accepted, forEachService, isInherited, manual, type DeclaredService } from './service.js';

interface Namespace {
  readonly key: string;
  readonly name: string;
  readonly message: string;
  readonly reason: string;
  readonly suggestion: string;
}

const NAMESPACES: readonly Namespace[] = [
  {
    key: 'network_mode',
    name: 'network',
    message: "it shares the host's network: it reaches what listens on the host's loopback address",
    reason:
      'which ports it opens, and whether it needs broadcasts or the interfaces themselves, is not known',
    suggestion: 'ports with an address of the host, and networks of its own',
  },
  {
    key: 'pid',
    name: 'pid',
    message:
      'it sees and, as root, may signal every process of the host, and reads their environment in /proc',
    reason: 'what it observes is not known',
    suggestion: 'no pid, or pid: service:<name> for the one process that it observes',
  },
  {
    key: 'ipc',
    name: 'ipc',
    message: "it reads and writes the shared memory of the host's programs",
    reason: 'with whom it shares memory is not known',
    suggestion: 'shm_size where it only needs more of it, or ipc: service:<name> beside ipc: shareable',
  },
  {
    key: 'uts',
    name: 'uts',
    message: "it shares the host's name, which it may change with SYS_ADMIN",
    reason: "whether it needs the host's name is not known",
    suggestion: 'hostname',
  },
  {
    key: 'userns_mode',
    name: 'user',
    message: "it opts out of the engine's user namespace: its root is the host's",
    reason: 'which files of the host it must own is not known',
    suggestion: 'no userns_mode, with the files of its mounts owned by the mapped user',
  },
  {
    key: 'cgroup',
    name: 'cgroup',
    message: "it sees the host's control groups",
    reason: 'what it reads there is not known',
    suggestion: 'cgroup: private',
  },
];

export const reportHostNamespaces = forEachService(
  {
    id: 'compose/report-host-namespaces',
    title: "Leave the host's namespaces to the host",
    description:
      "A service in the host's network, process, IPC, UTS, user or cgroup namespace is separated from the host by one wall less. What it needs of it is for a person to say; where the image's documentation asks for it, it is accepted. In the host's network a bind to every address is open to other machines; in a container with published ports it has to stay, as nothing could reach the container's loopback address.",
    severity: 'high',
    phase: 1,
    mayBreak: 'Nothing: it only reports.',
    touches: [],
    controls: [
      'CIS-Docker-5.10',
      'CIS-Docker-5.16',
      'CIS-Docker-5.17',
      'CIS-Docker-5.21',
      'CIS-Docker-5.31',
      'NIST-800-190-4.4.3',
    ],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#network_mode',
      'https://docs.docker.com/engine/network/drivers/host/',
      'https://docs.docker.com/engine/security/userns-remap/#disable-namespace-remapping-for-a-container',
    ],
  },
  (declared): readonly Finding[] => [
    ...NAMESPACES.flatMap((namespace) => judge(declared, namespace) ?? []),
    ...bindFindings(declared),
  ],
);

function judge(declared: DeclaredService, namespace: Namespace): Finding | undefined {
  const { origin, view } = declared.workload;
  const field = view.last(namespace.key);
  if (field === undefined || !isHost(view, field) || isInherited(declared, namespace.key)) return undefined;
  const { message, reason, suggestion } = namespace;
  const evidence = [citeField(field)];
  const host = origin.kind === 'server' ? origin.facts.host : undefined;
  if (origin.kind === 'server' && host?.namespaces.includes(namespace.name) === true) {
    const documented = `${origin.facts.name} observes the host, and its documentation asks for it`;
    return accepted(declared, {
      message,
      evidence: [...evidence, ...citations(host.cites)],
      reason: documented,
    });
  }
  return manual(declared, { message, evidence, reason, suggestion });
}

/** A default behind `${NAME:-…}` counts, and so does what `.env` says. */
function isHost(view: ServiceView, { value }: Field): boolean {
  return typeof value === 'string' && view.project.interpolate(value).text === 'host';
}

function bindFindings(declared: DeclaredService): readonly Finding[] {
  const { view } = declared.workload;
  const network = view.last('network_mode');
  const host = network !== undefined && isHost(view, network);
  const published = view.fields('ports').some(({ value }) => Array.isArray(value) && value.length > 0);
  const bind = host || published ? wideBind(view) : undefined;
  if (bind === undefined) return [];
  const message = `its process listens on every address (${bind.text})`;
  const evidence = [bind.evidence];
  if (host) {
    const reason = 'whether other machines are to reach it is not known';
    return [
      manual(declared, {
        message,
        evidence,
        reason,
        suggestion: '127.0.0.1 where only this host talks to it',
      }),
    ];
  }
  const reason =
    "a published port leads to the container's own address: on its loopback nothing could reach it";
  return [accepted(declared, { message, evidence, reason })];
}
