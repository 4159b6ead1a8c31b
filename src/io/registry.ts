import { createHash } from 'node:crypto';
import type { Resolution } from '../workload/context.js';
import type { Credentials } from './docker-config.js';

/** An image as its registry knows it. */
export interface RemoteImage {
  /** Host and port that serve it: `registry-1.docker.io`. */
  readonly host: string;
  /** The host as people and Docker's configuration write it: `docker.io`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** Finds the digest of an image's tag. */
export type Resolver = (image: RemoteImage) => Promise<Resolution>;

/**
 * The registry, repository and tag of a reference, by the grammar of
 * https://pkg.go.dev/github.com/distribution/reference: the first part is a host when it has a dot, a colon, or is
 * `localhost`. Undefined for a reference with a digest or a variable in it.
 */
export function remoteImage(reference: string): RemoteImage | undefined {
  const match = /^(?:([^/@$]+)\/)?([^@:$]+?)(?::([\w][\w.-]{0,127}))?$/.exec(reference);
  if (match === null) return undefined;
  const [, first, rest = '', tag = 'latest'] = match;
  const isHost = first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  const registry = isHost ? first : 'docker.io';
  const path = isHost || first === undefined ? rest : `${first}/${rest}`;
  const onHub = /^(?:index\.)?docker\.io$/.test(registry);
  const repository = onHub && !path.includes('/') ? `library/${path}` : path;
  if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(repository)) return undefined;
  return {
    host: onHub ? 'registry-1.docker.io' : registry,
    registry: onHub ? 'docker.io' : registry,
    repository,
    tag,
  };
}

/** An index of several platforms is what a tag names mostly; its digest then holds on each of them. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A registry that does not answer in this time is named, and the run goes on. */
const TIMEOUT_MS = 20_000;

/** More than any manifest: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/**
 * A resolver that asks the registry's own API: https://distribution.github.io/distribution/spec/api/.
 * @param credentialsFor what Docker's configuration has for a registry.
 */
export function createResolver(
  credentialsFor: (registry: string) => Promise<Credentials | undefined>,
): Resolver {
  return async (image) => {
    try {
      return await resolveDigest(image, credentialsFor);
    } catch (error) {
      return { ok: false, reason: `${image.registry} can't be reached (${failureOf(error)})` };
    }
  };
}

async function resolveDigest(
  image: RemoteImage,
  credentialsFor: (registry: string) => Promise<Credentials | undefined>,
): Promise<Resolution> {
  const url = `${schemeOf(image.host)}://${image.host}/v2/${image.repository}/manifests/${image.tag}`;
  const ask = (authorization?: string): Promise<Response> =>
    fetch(url, {
      headers: { accept: ACCEPT, ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  let answer = await ask();
  if (answer.status === 401) {
    const challenge = answer.headers.get('www-authenticate') ?? '';
    await answer.body?.cancel();
    const authorization = await answerTo(challenge, image, await credentialsFor(image.registry));
    if (authorization === undefined) return refusal(image, 401);
    answer = await ask(authorization);
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    return refusal(image, answer.status);
  }
  const body = Buffer.from(await answer.arrayBuffer());
  if (body.length > MAX_MANIFEST_BYTES) return { ok: false, reason: 'its manifest is larger than 4 MiB' };
  // The digest is that of the bytes: what a header says of them is only compared.
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const told = answer.headers.get('docker-content-digest');
  if (told !== null && told !== digest) {
    return { ok: false, reason: `${image.registry} names another digest than its manifest has` };
  }
  return { ok: true, digest };
}

/** Only a registry on this machine is spoken to without TLS, as Docker does. */
function schemeOf(host: string): 'http' | 'https' {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host) ? 'http' : 'https';
}

/**
 * What to send to a registry that wants to know who asks:
 * https://distribution.github.io/distribution/spec/auth/token/.
 */
async function answerTo(
  challenge: string,
  image: RemoteImage,
  credentials: Credentials | undefined,
): Promise<string | undefined> {
  const basic = credentials === undefined ? undefined : basicOf(credentials);
  if (/^basic\b/i.test(challenge)) return basic;
  const parameter = (name: string): string | undefined =>
    new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = parameter('realm');
  if (!/^bearer\b/i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  // Credentials go over TLS, or stay on this machine.
  if (url.protocol !== 'https:' && schemeOf(url.host) !== 'http') return undefined;
  const service = parameter('service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${image.repository}:pull`);
  const answer = await fetch(url, {
    headers: basic === undefined ? {} : { authorization: basic },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) return undefined;
  const { token, access_token: access } = (await answer.json()) as { token?: string; access_token?: string };
  const bearer = token ?? access;
  return bearer === undefined ? undefined : `Bearer ${bearer}`;
}

function basicOf({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function refusal({ registry, repository, tag }: RemoteImage, status: number): Resolution {
  switch (status) {
    case 401:
    case 403:
      return { ok: false, reason: `${registry} wants a login for ${repository}: docker login ${registry}` };
    case 404:
      return { ok: false, reason: `${registry} has no ${repository}:${tag}` };
    case 429:
      return { ok: false, reason: `${registry} limits how often it is asked: wait, or log in` };
    default:
      return { ok: false, reason: `${registry} answered ${status} for ${repository}:${tag}` };
  }
}

/** The cause behind fetch's own "fetch failed". */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000} s`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
