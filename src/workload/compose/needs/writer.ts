import type { ImageFacts } from '../../../catalogue/types.js';
import type { Need, ProcessUser } from '../../model.js';
import { imageFacts, type Origin } from '../origin.js';
import type { OtherUser } from './other-user.js';

/** The owner in numbers, as a tmpfs takes it. */
export interface Owner {
  readonly uid: number;
  readonly gid?: number;
}

/** Who writes what a service writes. */
export type Writer =
  | 'root'
  /** Another user than root, whose number nothing says. */
  | 'unknown'
  | Owner;

/**
 * The user that writes: the one that the service starts as, or the one that it gets where it may start as another than
 * root. Who steps down from root by itself has given the directories away first.
 */
export function writerOf(
  origin: Origin,
  { value: user }: Need<ProcessUser>,
  other: Need<OtherUser> | undefined,
): Writer {
  if (user.root) {
    return other === undefined || other.certainty === 'unknown'
      ? 'root'
      : { uid: other.value.uid, gid: other.value.gid };
  }
  return named(user.name, imageFacts(origin)) ?? numbered(user.name) ?? 'unknown';
}

function numbered(name: string): Owner | undefined {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(name) ?? [];
  if (uid === undefined) return undefined;
  return gid === undefined ? { uid: Number(uid) } : { uid: Number(uid), gid: Number(gid) };
}

/** The number of a user that the image's facts know by name. */
function named(name: string, facts: ImageFacts | undefined): Owner | undefined {
  const { starts, uid, gid, available } = facts?.user ?? {};
  if (available?.name === name) return { uid: available.uid };
  if (name !== starts || uid === undefined) return undefined;
  return gid === undefined ? { uid } : { uid, gid };
}
