import {
  because,
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
  // Of a server whose helpers are left out of the catalogue, nobody could say what it starts.
  if (origin.kind === 'server') return unknown([], ...origin.evidence);
  const image = view.last('image')?.value;
  if (origin.image === undefined && typeof image === 'string' && STARTS_OTHERS.test(image)) {
    const reason = 'images of its kind start setuid programs, and which ones this one starts is not known';
    return because(unknown([], ...origin.evidence), reason);
  }
  return likely([], ...origin.evidence);
}

/** What an image's name says that it does for its users: deliver mail, let them log in, run jobs, browsers, containers. */
const STARTS_OTHERS =
  /(?:mail|smtp|postfix|exim|sshd?(?![a-z])|cron|desktop|vnc|rdp|chrome|browser|cypress|playwright|puppeteer|selenium|dind|jenkins|runner|code-server|jupyter|devcontainer|vpn|nagios|zabbix|icinga|ping)/i;
