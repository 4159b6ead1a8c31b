import { isSeq, type Node } from 'yaml';
import { resolveAlias } from '../../src/formats/compose/document.js';
import { sharedReason } from '../../src/formats/compose/edit.js';
import { COMMENTED, hasComment } from '../../src/formats/compose/remove.js';
import { strings, toPlain } from '../../src/workload/compose/plain.js';
import { ownField, type DeclaredService } from './service.js';

/** Options in the list of a service's `security_opt`, where they may be taken out. */
export interface SecurityOptions {
  readonly ok: true;
  readonly node: Node;
  readonly items: readonly unknown[];
  /** The list is written in brackets. */
  readonly flow: boolean;
  /** Where the options stand in the list. */
  readonly indexes: readonly number[];
}

/** Finds options in the list that the service's own mapping writes; a refusal where they can't be taken out of it. */
export function securityOptions(
  declared: DeclaredService,
  isOne: (option: string) => boolean,
): SecurityOptions | { readonly ok: false; readonly reason: string } {
  const { document, service } = declared;
  const place = ownField(declared, 'security_opt', ({ value }) => strings(value).some(isOne));
  if (!place.ok) return place;
  const { node, offset, yaml } = place.field;
  const list = resolveAlias(node, yaml);
  if (node === undefined || !isSeq(list))
    return { ok: false, reason: 'its security_opt is not written as a list' };
  const shared = sharedReason(service, node);
  if (shared !== undefined) return { ok: false, reason: shared };
  // A comment beside the key or above it speaks of all the options.
  if (hasComment(document, { start: offset, end: offset })) return { ok: false, reason: COMMENTED };
  const { items } = list;
  const indexes = items.flatMap((item, index) => (isOne(String(toPlain(item, yaml))) ? [index] : []));
  return { ok: true, node, items, flow: list.flow === true, indexes };
}
