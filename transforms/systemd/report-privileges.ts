import { citeSource } from '../../src/core/evidence.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import { citeEntry, type UnitDocument, type UnitEntry } from '../../src/formats/systemd/document.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import type { UnitContext } from '../../src/workload/context.js';
import { unitWorkload } from '../../src/workload/unit.js';

const BASE_PASSWD = 'deb:base-passwd 3.6.1:/usr/share/doc/base-passwd/users-and-groups.txt.gz';

/** Groups whose members can become root, or read what only root should. */
const GROUPS: readonly (readonly [groups: RegExp, means: string, source: Evidence])[] = [
  [
    /^docker$/,
    'a member starts a container with the root of the host mounted',
    citeSource(
      'https://docs.docker.com/engine/install/linux-postinstall/',
      'The docker group grants root-level privileges to the user.',
    ),
  ],
  [
    /^(lxd|incus-admin)$/,
    'a member starts a container with the root of the host mounted',
    citeSource(
      'https://documentation.ubuntu.com/lxd/stable-5.21/explanation/security/',
      'Local access to LXD through the Unix socket always grants full access to LXD.',
    ),
  ],
  [
    /^disk$/,
    'a member reads and writes every disk, below all permissions of files',
    citeSource(BASE_PASSWD, 'Raw access to disks. Mostly equivalent to root access.'),
  ],
  [
    /^(sudo|wheel)$/,
    'a member may usually become root',
    citeSource(BASE_PASSWD, 'Members of this group may run any command as any user'),
  ],
  [
    /^shadow$/,
    'a member reads the hashes of all passwords',
    citeSource(BASE_PASSWD, '/etc/shadow is readable by this group'),
  ],
];

/** Capabilities that are all of root's: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const CAPABILITIES = /\bCAP_(SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO|DAC_OVERRIDE|SETUID|SETFCAP)\b/gi;

function report(
  document: UnitDocument,
  file: UnitDocument,
  entry: UnitEntry,
  parts: { readonly message: string; readonly reason: string; readonly source: Evidence },
): Finding {
  return {
    subject: ['Service'],
    range: entry.origin === undefined ? entry.range : file.lastSection('Service')!.headerRange,
    message: parts.message,
    evidence: [citeEntry(document, entry), parts.source],
    safety: 'manual',
    reason: parts.reason,
  };
}

/** What a sandbox can't take back, since the service is given it on purpose: said once, for a person to weigh. */
export const reportPrivileges: Transform<UnitDocument, UnitContext> = {
  meta: {
    id: 'systemd/report-privileges',
    title: 'Report privileges that make a service as good as root',
    description:
      'Membership of some groups (docker, disk, sudo, shadow) and some ambient capabilities are a way to root, whatever user the service has and whatever else its sandbox takes away. Nothing in the files says whether the service can do without, so it is reported with what it means.',
    severity: 'high',
    phase: 1,
    mayBreak: 'Nothing: it only reports.',
    touches: [],
    controls: ['NIST-800-53-AC-6'],
    references: [manualPage('SupplementaryGroups'), manualPage('AmbientCapabilities')],
  },
  run(document, context) {
    const unit = unitWorkload(document, context);
    // Root needs no group, and what manages the host has its privileges for that.
    if (unit === undefined || unit.hostManagement !== undefined || unit.user.value.kind === 'root') return [];
    const whole = unit.document;
    const groups = whole.assignments('Service', 'SupplementaryGroups', 'Group').flatMap((entry) =>
      entry.value.split(/\s+/).flatMap((name) => {
        const known = GROUPS.find(([pattern]) => pattern.test(name));
        if (known === undefined) return [];
        const [, means, source] = known;
        return report(whole, document, entry, {
          message: `the service is in the group ${name}: ${means}`,
          reason: `whether it can do without the group ${name} is not known`,
          source,
        });
      }),
    );
    const ambient = whole.assignments('Service', 'AmbientCapabilities').flatMap((entry) => {
      const names = entry.value.startsWith('~') ? [] : (entry.value.match(CAPABILITIES) ?? []);
      if (names.length === 0) return [];
      return report(whole, document, entry, {
        message: `the service holds ${names.join(' ')}, a way to root for who takes it over`,
        reason: 'whether its programs need all of it is not known',
        source: citeSource(
          manualPage('AmbientCapabilities'),
          'Controls which capabilities to include in the ambient capability set for the executed process',
        ),
      });
    });
    return [...groups, ...ambient];
  },
};
