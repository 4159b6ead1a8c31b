import { isMap } from 'yaml';
import type { ImageFacts } from '../../../catalogue/types.js';
import { ownPair, resolveAlias } from '../../../formats/compose/document.js';
import { cite } from '../../../core/evidence.js';
import type { Evidence } from '../../../core/types.js';
import { because, citations, isWithin, likely, unknown, type Need } from '../../model.js';
import { variablesOf } from '../environment.js';
import { CONFIGURATION } from '../listening.js';
import type { Mount } from '../mounts.js';
import { citeField, join, type ServiceView } from '../project.js';

/** The user as which a service can start instead of root, in the terms of `user:`. */
export interface OtherUser {
  readonly uid: number;
  readonly gid: number;
  /** What the host must give that user first. */
  readonly handOver: readonly string[];
}

/** Variables by which an image's entrypoint, as root, takes the user that it then steps down to. */
const CHOOSES_USER = /(?:^|_)(?:P?[UG]ID|USER_ID|GROUP_ID|USERMAP_[UG]ID)$|RUN_AS_ROOT|TAKE_FILE_OWNERSHIP/;

/** Only read: scripts of the first start, and what sets the clock. */
const ONLY_READ =
  /\/docker-entrypoint-initdb\.d(?:\/|$)|^\/etc\/(?:localtime|timezone|hosts|ssl\/certs)(?:\/|$)/;

/**
 * Who starts as the user to which the image's entrypoint would step down finds its files as it left them. What the
 * entrypoint would have given that user as root (chown) is then the host's to give.
 */
export function otherUserNeed(
  view: ServiceView,
  facts: ImageFacts,
  mounts: readonly Mount[],
): Need<OtherUser> | undefined {
  const { mayStartAs, cites } = facts.user;
  if (mayStartAs === undefined) return undefined;
  const evidence = citations(cites);
  const obstacle = chosenUser(view) ?? foreignMount(view, facts, mounts) ?? lowPort(view, facts);
  if (obstacle === undefined) return likely({ ...mayStartAs, handOver: [] }, ...evidence);
  const need = unknown(
    { ...mayStartAs, handOver: obstacle.handOver ?? [] },
    ...evidence,
    ...obstacle.evidence,
  );
  return because(need, obstacle.reason);
}

interface Obstacle {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly handOver?: readonly string[];
}

function chosenUser(view: ServiceView): Obstacle | undefined {
  for (const field of view.fields('environment')) {
    const chosen = variablesOf(field).find(({ name }) => CHOOSES_USER.test(name));
    if (chosen === undefined) continue;
    const reason = `${chosen.name} says which user it steps down to: its files may be that one's`;
    return { reason, evidence: [cite(field.document, chosen.offset)] };
  }
  return undefined;
}

function foreignMount(view: ServiceView, facts: ImageFacts, mounts: readonly Mount[]): Obstacle | undefined {
  const written = mounts.filter(
    ({ readOnly, kind, target }) =>
      !readOnly && kind !== 'tmpfs' && !ONLY_READ.test(target) && !CONFIGURATION.test(target),
  );
  // An empty named volume takes over the owner of the image's directory: one that the image lacks is root's.
  const own = [...(facts.volumes?.paths ?? []), ...(facts.writable?.paths ?? []).map(({ path }) => path)];
  const isOwn = ({ target }: Mount): boolean =>
    own.some((path) => isWithin(target, path) || isWithin(path, target));
  const folders = written.filter((mount) => isHostFolder(view, mount));
  const binds = folders.filter(isOwn);
  if (binds.length > 0) {
    const reason =
      "a folder of the host keeps the host's owner: the image's entrypoint gives it away as root";
    const evidence = binds.map((mount) => mount.evidence);
    return {
      reason,
      evidence: [...new Set(evidence)],
      handOver: binds.flatMap(({ source }) => source ?? []),
    };
  }
  const stray =
    folders[0] ??
    written.find(({ kind, target }) => kind === 'volume' && !own.some((path) => isWithin(target, path)));
  if (stray === undefined) return undefined;
  const reason = `what is mounted at ${stray.target} may be another user's`;
  return { reason, evidence: [stray.evidence] };
}

/** A file that the repository holds is the configuration: read, not written. */
function isHostFolder(view: ServiceView, { kind, source }: Mount): boolean {
  if (source === undefined) return false;
  const path = view.project.interpolate(source).text;
  if (kind === 'volume') return hasDriverOptions(view, path);
  return /^[/~\\$]/.test(path) || view.project.files.kind(join(view.project.folder, path)) !== 'file';
}

/** A named volume with options of its driver is a folder of the host, or of another machine. */
function hasDriverOptions(view: ServiceView, name: string): boolean {
  return view.project.documents.some((document) =>
    document.yamls.some((yaml) => {
      const volumes = isMap(yaml.contents)
        ? resolveAlias(ownPair(yaml.contents, 'volumes')?.value, yaml)
        : null;
      const volume = isMap(volumes) ? resolveAlias(ownPair(volumes, name)?.value, yaml) : null;
      return isMap(volume) && ownPair(volume, 'driver_opts') !== undefined;
    }),
  );
}

/** Docker opens low ports to every user in a container's own network, not in the host's (moby/moby#41030). */
function lowPort(view: ServiceView, facts: ImageFacts): Obstacle | undefined {
  const mode = view.last('network_mode');
  const port = facts.ports?.listens.find((number) => number < 1024);
  if (mode?.value !== 'host' || port === undefined) return undefined;
  const reason = `only root may listen on port ${port} of the host`;
  return { reason, evidence: [citeField(mode)] };
}
