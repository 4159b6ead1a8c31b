import { cite } from '../../src/core/evidence.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import type { Mount } from '../../src/workload/compose/mounts.js';
import {
  isDocumentedRead,
  sensitivity,
  sharedPropagation,
  type Sensitive,
} from '../../src/workload/compose/sensitive.js';
import { citations } from '../../src/workload/model.js';
import { accepted, forEachService, manual, type DeclaredService } from './service.js';

export const reportSensitiveMounts = forEachService(
  {
    id: 'compose/report-sensitive-mounts',
    title: 'Mount nothing of the host that gives the host away',
    description:
      "A bind mount of the engine's socket, of a system directory or of somebody's keys hands the host, or an account, to whoever takes the container over. `:ro` on a socket changes nothing: connecting to it and asking the engine for anything needs no write to the file. What to mount instead depends on what the service is for, so a person decides; where the image's documentation mounts a directory read-only to observe the host, that is accepted.",
    severity: 'critical',
    phase: 1,
    mayBreak: 'Nothing: it only reports.',
    touches: [],
    controls: ['CIS-Docker-5.6', 'CIS-Docker-5.20', 'CIS-Docker-5.32', 'NIST-800-190-4.5.5'],
    references: [
      'https://docs.docker.com/engine/security/protect-access/',
      'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
      'https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation',
    ],
  },
  (declared): readonly Finding[] => {
    const { document, workload } = declared;
    const own = workload.mounts.filter(({ field }) => !field.extended && field.document === document);
    return own.flatMap((mount): Finding[] => {
      const sensitive = sensitivity(workload.view, mount);
      const findings = sensitive === undefined ? [] : [judge(declared, mount, sensitive)];
      if (!sharedPropagation(mount)) return findings;
      const outcome = {
        message: `what is mounted below ${mount.target} in the container appears on the host`,
        evidence: [placeOf(declared, mount)],
        reason: 'who counts on shared propagation is not in the file',
        suggestion: 'rslave, where it only has to see what the host mounts later',
      };
      return [...findings, manual(declared, outcome)];
    });
  },
);

function judge(declared: DeclaredService, mount: Mount, sensitive: Sensitive): Finding {
  const { origin } = declared.workload;
  const message = `it is given ${sensitive.gives}`;
  const evidence = [placeOf(declared, mount)];
  if (sensitive.kind === 'socket') return socket(declared, mount, sensitive, message, evidence);
  const host = origin.kind === 'server' ? origin.facts.host : undefined;
  if (origin.kind === 'server' && host !== undefined && isDocumentedRead(host.reads, sensitive)) {
    const cited = [...evidence, ...citations(host.cites)];
    const reason = `${origin.facts.name} observes the host, and its documentation mounts it read-only`;
    return mount.readOnly
      ? accepted(declared, { message, evidence: cited, reason })
      : manual(declared, { message, evidence: cited, reason, suggestion: ':ro' });
  }
  const reason = mount.readOnly
    ? `:ro keeps it from being changed, not from being read`
    : `what it does with ${sensitive.path} is not known`;
  return manual(declared, { message, evidence, reason, suggestion: sensitive.instead });
}

/** The engine has no rights below root for its clients: only a proxy can tell its requests apart. */
function socket(
  declared: DeclaredService,
  mount: Mount,
  { instead }: Sensitive,
  message: string,
  evidence: readonly Evidence[],
): Finding {
  const { origin } = declared.workload;
  const facts = origin.kind === 'server' ? origin.facts : undefined;
  const readOnly = mount.readOnly ? ': :ro does not narrow what it may ask for' : '';
  if (facts?.name === 'docker-socket-proxy') {
    const reason = 'it is the filter itself: whoever reaches its port has what its variables allow';
    const suggestion =
      'a network of its own with internal: true, no ports, and only the sections that are needed';
    return manual(declared, { message, evidence, reason, suggestion });
  }
  const api = facts?.dockerSocket;
  if (api === undefined) {
    const reason = `what it asks the engine for is not known${readOnly}`;
    const suggestion =
      instead === ''
        ? 'a filtering proxy for the socket, with the sections of the API that it needs'
        : instead;
    return manual(declared, { message, evidence, reason, suggestion });
  }
  const sections = [...api.api.map((name) => `${name.toUpperCase()}=1`), ...(api.writes ? ['POST=1'] : [])];
  const address = api.address === undefined ? '' : `, and ${api.address} set to the proxy's address`;
  return manual(declared, {
    message,
    evidence: [...evidence, ...citations(api.cites)],
    reason: `${facts!.name} asks for ${api.api.join(', ')}${api.writes ? ', and changes things' : ' and only reads'}${readOnly}`,
    suggestion: `a filtering proxy for the socket with ${sections.join(', ')}${address}`,
  });
}

function placeOf({ document }: DeclaredService, { entry, field }: Mount): Evidence {
  return cite(document, entry?.range?.[0] ?? field.offset);
}
