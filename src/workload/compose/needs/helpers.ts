import { likely, known, weakest, type Need } from '../../model.js';
import type { Origin } from '../origin.js';
import { isRecord, strings } from '../plain.js';
import { citeField, type ServiceView } from '../project.js';
import { citations } from './user.js';

/** Programs that no-new-privileges stops: they are setuid or have file capabilities on the usual images. */
const HELPER =
  /(?:^|[\s;&|"'/(])(sudo|su|doas|pkexec|ping|ping6|newuidmap|newgidmap|fusermount3?|fixuid)(?=$|[\s;&|"')])/;

/** gosu, su-exec and setpriv drop privileges by system calls and are no helpers in this sense. */
export function setuidHelpersNeed(view: ServiceView, origin: Origin): Need<readonly string[]> {
  for (const key of ['command', 'entrypoint', 'healthcheck']) {
    for (const field of view.fields(key)) {
      const { value } = field;
      const words = isRecord(value) ? strings(value.test) : strings(value);
      const helper = HELPER.exec(words.join(' '))?.[1];
      if (helper !== undefined) return known([helper], citeField(field));
    }
  }
  if (origin.kind === 'server' && origin.facts.setuidHelpers !== undefined) {
    const { programs, cites } = origin.facts.setuidHelpers;
    return known(programs, ...origin.evidence, ...citations(cites));
  }
  if (origin.kind === 'built') {
    const { value, certainty, evidence } = origin.build.setuidHelpers;
    const cited = value.length > 0 ? evidence : [...origin.evidence, ...evidence];
    return { value, certainty: weakest(certainty, origin.certainty), evidence: cited };
  }
  return likely([], ...origin.evidence);
}
