import { MASK, redact } from '../core/redact.js';
import { done, failed, problem } from './answer.js';
import { endOf, waitOf } from './limits.js';
import type { Answer, ForgeKind, ForgeProblem, Repository, RepositoryPlace } from './types.js';

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** Its JSON, or its text when it is none. */
  readonly body: unknown;
}

/** What was asked of whom. */
export interface Deed {
  readonly place: RepositoryPlace;
  readonly token: string;
  /** `open the pull request`. */
  readonly what: string;
  /** The repository that is read; absent for what is done when it is known to be there. */
  readonly repository?: string | undefined;
}

export const FORGE_NAMES: Readonly<Record<ForgeKind, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  gitea: 'Gitea',
};

/** What a token has to be allowed. */
const NEEDED: Readonly<Record<ForgeKind, string>> = {
  github:
    'A classic token needs the scope repo; a fine-grained one, and a workflow, need contents: write and pull-requests: write',
  gitlab: 'The token needs the scope api, and its user the role Developer',
  gitea: 'The token needs the scopes write:repository and write:issue',
};

/** Says what a refusal means and what to do, in the forge's own words where it has some. */
export function problemOf(refusal: Refusal, deed: Deed): ForgeProblem {
  const { status } = refusal;
  const { kind, host } = deed.place;
  const name = FORGE_NAMES[kind];
  const said = messageIn(refusal.body, deed.token);
  const quoted = said === '' ? '' : ` (${said})`;
  const wait = waitOf(refusal) ?? (status === 403 && /rate limit/i.test(said) ? 61 : undefined);
  if (wait !== undefined) {
    return problem(
      'rate-limit',
      `${host} takes no more requests for now${quoted}: run the command again ${endOf(wait)}, it goes on where it stopped`,
    );
  }
  if (status === 401)
    return problem('unauthorized', `${name} does not accept the token${quoted}: ${expired(said)}`);
  if (status === 403)
    return problem(
      'forbidden',
      `${name} does not let this token ${deed.what}${quoted}: ${permission(refusal, deed, said)}`,
    );
  if (status === 404) {
    const missing =
      deed.repository === undefined
        ? `${name} does not find what it takes to ${deed.what}${quoted}: are the branches and the names right, and is the branch pushed?`
        : `${host} has no ${deed.repository} that this token may see${quoted}: is the name right?`;
    return problem('not-found', `${missing} ${NEEDED[kind]}`);
  }
  if (status >= 500) {
    return problem(
      'server',
      `${host} could not ${deed.what}, it answers ${status}${quoted}: run the command again later, it goes on where it stopped`,
    );
  }
  return problem(
    'invalid',
    `${name} refuses to ${deed.what}: ${said === '' ? `it answers ${status}` : said}${advice(said)}`,
  );
}

/** An answer that is no JSON of the API: a login page, a proxy's notice, another program. */
export function strangeAnswer(place: RepositoryPlace): ForgeProblem {
  return problem(
    'server',
    `${place.host} does not answer as ${FORGE_NAMES[place.kind]}'s API does: is ${place.api} its address (--api-url), or does a proxy answer?`,
  );
}

/** No answer came at all. */
export function noAnswerOf(reason: string): ForgeProblem {
  return problem('connection', `${reason}. Run the command again: it finds what was done and goes on`);
}

/** A repository, unless it is one that takes no pull requests. */
export function openFor({ path, defaultBranch }: Repository, archived: unknown): Answer<Repository> {
  return archived === true
    ? failed(
        problem('forbidden', `${path} is archived: it is read-only until its owner makes it active again`),
      )
    : done({ path, defaultBranch });
}

function expired(said: string): string {
  return /expired/i.test(said)
    ? 'it has expired, make a new one'
    : 'it may have expired or been revoked, or be one for another host';
}

function permission({ headers }: Refusal, { place }: Deed, said: string): string {
  // https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
  const sso = /url=(https:\/\/\S+)/.exec(headers.get('x-github-sso') ?? '')?.[1];
  if (sso !== undefined) {
    return `its organisation wants a single sign-on for the token, which you give at ${sso}`;
  }
  if (headers.has('x-github-sso')) {
    return 'its organisation wants a single sign-on: authorise the token for it in your settings';
  }
  if (/not permitted to create or approve/i.test(said)) {
    return 'allow it in the settings of the repository and of its organisation, under Actions, General, Workflow permissions';
  }
  if (/archived/i.test(said)) return 'an archived repository is read-only';
  // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permissions
  const accepted = headers.get('x-accepted-github-permissions');
  if (accepted !== null && accepted !== '')
    return `it needs ${accepted.replaceAll('=', ': ').replaceAll(',', ', ')}`;
  return `its user may not, or the token is not allowed enough. ${NEEDED[place.kind]}`;
}

function advice(said: string): string {
  if (/draft pull requests are not supported/i.test(said)) return '. Ask for one that is no draft';
  if (/already exists/i.test(said)) return '. Run the command again: it updates the one that is there';
  if (/\bhead\b.*\binvalid\b/i.test(said))
    return ': is the branch pushed, and to this repository or a fork of it?';
  if (/\bbase\b.*\binvalid\b/i.test(said)) return ': is there such a base branch?';
  return '';
}

/** The longest text of a forge that is repeated. */
const LONGEST = 300;

/** What an answer says went wrong: the forges put it under several names. A page for people is not repeated. */
export function messageIn(body: unknown, token: string): string {
  const text = wordsOf(body).join('; ').replace(/\s+/g, ' ').trim();
  const clean = redact(token === '' ? text : text.replaceAll(token, MASK));
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

function wordsOf(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  const { message, error, error_description: description, errors } = body as Record<string, unknown>;
  const details = Array.isArray(errors) ? errors.map(detailOf) : [];
  const words = [...textsOf(message), ...textsOf(description), ...details].filter((word) => word !== '');
  return [...new Set(words.length === 0 ? textsOf(error) : words)];
}

/** GitLab says `{"message": {"title": ["is too long"]}}` of what it does not take. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([field, texts]) => `${field} ${textsOf(texts).join(', ')}`);
}

/** GitHub says `{"field": "base", "code": "invalid"}`, or a message: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
function detailOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const { message, field, code } = (detail ?? {}) as Record<string, unknown>;
  if (typeof message === 'string') return message;
  return [field, code].filter((part) => typeof part === 'string').join(' ');
}
