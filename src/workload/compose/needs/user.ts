import { citations, isRoot, known, unknown, weakest, type Need, type ProcessUser } from '../../model.js';
import type { Origin } from '../origin.js';
import { citeField, type ServiceView } from '../project.js';

/** `user:` wins; else what the image starts as. */
export function userNeed(view: ServiceView, origin: Origin): Need<ProcessUser> {
  const field = view.last('user');
  if (field !== undefined && typeof field.value === 'string') {
    const { text, unresolved } = view.project.interpolate(field.value);
    const user = { name: text, root: isRoot(text) };
    return unresolved.length > 0
      ? unknown({ ...user, root: true }, citeField(field))
      : known(user, citeField(field));
  }
  if (origin.kind === 'server') {
    const { starts, cites } = origin.facts.user;
    return known({ name: starts, root: isRoot(starts) }, ...origin.evidence, ...citations(cites));
  }
  if (origin.kind === 'built') {
    const { value, certainty, evidence } = origin.build.user;
    return {
      value,
      certainty: weakest(certainty, origin.certainty),
      evidence: [...origin.evidence, ...evidence],
    };
  }
  return unknown({ name: 'root', root: true }, ...origin.evidence);
}
