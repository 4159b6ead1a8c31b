import {
  citations,
  known,
  likely,
  SETUID_HELPERS,
  unknown,
  weakest,
  type Need,
  type ProcessUser,
} from '../../model.js';
import { imageFacts, type Origin } from '../origin.js';
import { isRecord, strings } from '../plain.js';
import { citeField, type ServiceView } from '../project.js';

/** A program that no-new-privileges stops, as a word of a command. */
const HELPER = new RegExp(`(?:^|[\\s;&|"'/(])(?!ping)(${SETUID_HELPERS})(?=$|[\\s;&|"')])`);

/**
 * `redis-cli ping`, `runCommand("ping")` and `curl http://web/ping` ask a server: the program is meant only where a
 * command begins.
 */
const PING =
  /(?:^|[;&|(]\s*|\/s?bin\/|(?:^|\s)(?:CMD|CMD-SHELL|exec|if|while|until|do|then|else|!|timeout\s+\S+|-c)\s+["']?)(ping6?)(?=$|[\s;&|)])/;

/** gosu, su-exec and setpriv drop privileges by system calls and are no helpers in this sense. */
export function setuidHelpersNeed(
  view: ServiceView,
  origin: Origin,
  user: Need<ProcessUser>,
): Need<readonly string[]> {
  for (const key of ['command', 'entrypoint', 'healthcheck']) {
    for (const field of view.fields(key)) {
      const { value } = field;
      const words = isRecord(value) ? strings(value.test) : strings(value);
      const text = words.join(' ');
      const helper = (HELPER.exec(text) ?? PING.exec(text))?.[1];
      if (helper !== undefined) return known([helper], citeField(field));
    }
  }
  const facts = imageFacts(origin);
  // To root it makes no difference.
  if (facts?.init?.setuid !== undefined && !user.value.root) {
    return known([facts.init.setuid], ...user.evidence, ...citations(facts.init.cites));
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
  // A known base, or another command in a known image: whatever names a helper was looked at above.
  if (origin.kind === 'unknown' && origin.image !== undefined) return likely([], ...origin.evidence);
  return unknown([], ...origin.evidence);
}
