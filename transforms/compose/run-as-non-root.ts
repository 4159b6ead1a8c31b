import { isSeq } from 'yaml';
import { combine, refused, type Edits } from '../../src/core/text.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { removeItems, removeKey } from '../../src/formats/compose/remove.js';
import { isRoot } from '../../src/workload/model.js';
import { citeField } from '../../src/workload/compose/project.js';
import type { Capability } from '../../src/catalogue/types.js';
import { capabilityName } from '../../src/workload/compose/needs/capabilities.js';
import { strings } from '../../src/workload/compose/plain.js';
import {
  accepted,
  addToList,
  forEachService,
  manual,
  ownField,
  proposal,
  type DeclaredService,
} from './service.js';

/** Takes capabilities out of the one list that gives them, and the list where nothing is left of it. */
function withoutCapabilities(declared: DeclaredService, names: readonly Capability[]): Edits {
  const { document, service } = declared;
  const place = ownField(declared, 'cap_add');
  if (!place.ok) return place;
  const { node, value } = place.field;
  if (!isSeq(node)) return refused('its cap_add is not written as a list');
  const items = strings(value).map(capabilityName);
  const going = items.flatMap((name, at) => (names.includes(name) ? [at] : []));
  return going.length === items.length
    ? removeKey(document, service, 'cap_add')
    : removeItems(document, service, node, going);
}

export const runAsNonRoot = forEachService(
  {
    id: 'compose/run-as-non-root',
    title: 'Start as another user than root',
    description:
      "Root in a container is root on the host to the kernel: a flaw in the engine, or a mount, makes it that in fact. Where an image documents that it may start as another user, the service gets the one to which its own entrypoint would step down: then no code runs as root at any time, and no capability is needed (what the file's cap_add already gives back after `cap_drop: [ALL]` for a start as root goes, unless a comment stands beside it; what drop-capabilities gives back in the same run may go). Volumes that were written before fit, as the same user wrote them. Folders of the host are root's when Docker makes them, and only an entrypoint that starts as root can give them away: there the change is left for a person, with the command. An image that steps down by itself and isn't known to start otherwise is accepted. What a service builds gets its user in its Dockerfile.",
    severity: 'medium',
    phase: 2,
    mayBreak:
      'The entrypoint no longer changes owners: files of another user in a volume (a restored backup, one made by another image) can no longer be read or written.',
    touches: ['services.*.user', 'services.*.cap_add'],
    controls: ['CIS-Docker-4.1', 'NIST-800-190-4.1.2'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#user',
      'https://docs.docker.com/engine/security/#linux-kernel-capabilities',
      'https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container',
    ],
  },
  (declared) => {
    const { document, service, workload } = declared;
    const { origin, view } = workload;
    const field = view.last('user');
    if (field !== undefined) {
      if (typeof field.value !== 'string' || !isRoot(view.project.interpolate(field.value).text)) {
        return undefined;
      }
      const reason = 'the file sets it on purpose: see what needs it';
      return manual(declared, { message: 'it is told to run as root', evidence: [citeField(field)], reason });
    }
    if (origin.kind !== 'server' || !workload.user.value.root) return undefined;
    const { name, user } = origin.facts;
    const { evidence } = workload.user;
    const message = 'its container starts as root';
    const other = workload.otherUser;
    if (other === undefined) {
      return user.stepsDownTo === undefined
        ? manual(declared, { message, evidence, reason: `${name} is not known to work as another user` })
        : accepted(declared, {
            message,
            evidence,
            reason: `the image steps down by itself: what serves runs as ${user.stepsDownTo}`,
          });
    }
    // Where compose/remove-privileged replaces it, this holds for the result.
    if (workload.privileged !== undefined && workload.unprivileged.certainty === 'unknown') {
      const reason = 'privileged means root: replace it first';
      return manual(declared, { message, evidence: [workload.privileged], reason });
    }
    // Another user needs no capability: what drop-capabilities can't write for root now, it could then.
    const capabilities = addToList(declared, 'cap_add', ['SETUID']);
    if (!capabilities.ok && service.locked === undefined && other.certainty !== 'unknown') {
      const reason = `${capabilities.reason}: settle its capabilities first`;
      return manual(declared, { message, evidence, reason });
    }
    const needless = workload.addedForRoot;
    const removal = needless.length === 0 ? undefined : withoutCapabilities(declared, needless);
    const { uid, gid, handOver } = other.value;
    const value = `${uid}:${gid}`;
    const first = handOver.length === 0 ? '' : `, after: sudo chown -R ${value} ${handOver.join(' ')}`;
    return proposal(
      declared,
      other.certainty,
      {
        message,
        evidence: [...evidence, ...other.evidence.filter((item) => 'file' in item)],
        change: `user: "${value}"${removal?.ok === true ? `, and no cap_add of ${needless.join(', ')}` : ''}${first}`,
        unknownReason: other.reason ?? `${name} is not known to work as another user`,
      },
      () => combine(addKey(document, service, 'user', value), ...(removal?.ok === true ? [removal] : [])),
    );
  },
);
