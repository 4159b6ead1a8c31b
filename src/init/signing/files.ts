import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { packageRoot } from '../../io/package.js';
import type { CiSystem } from '../project.js';
import { SIGN_PATHS } from '../workflow.js';
import type { NamedImage, SigningFacts } from './facts.js';
import { registryOf, slug, UNKNOWN_NAME } from './names.js';

/** What a Compose host runs before `up`, and what it goes by. */
export const VERIFY_PATH = 'deploy/verify-images.sh';
export const POLICY_PATH = 'deploy/image-policy';

/** Who says to Sigstore which pipeline it is that signs. */
const ISSUERS: Readonly<Record<CiSystem, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

const GITLAB_NAME = '$CI_REGISTRY_IMAGE';
/** Where the repository stands when its remote does not say it. */
const UNKNOWN_HOME: Readonly<Record<CiSystem, string>> = {
  github: 'https://github.com/OWNER/REPO',
  gitlab: 'https://gitlab.com/GROUP/PROJECT',
};

function template(name: string): string {
  return readFileSync(join(packageRoot(), 'templates', 'ci', 'sign', name), 'utf8');
}

/** The script that refuses to deploy what the policy does not allow. */
export function verifyText(): string {
  return template('verify-images.sh');
}

/** The file that builds, scans and signs a project's images in a CI. */
export function signText(system: CiSystem, facts: SigningFacts): string {
  return system === 'github' ? githubText(facts) : gitlabText(facts);
}

function githubText({ images, branch, tags }: SigningFacts): string {
  const keys = keysOf(images);
  const published = images.map(({ name }, at) => ({
    key: keys[at],
    image: name,
    registry: registryOf(name),
  }));
  const built = images.map(({ context, file, target }, at) => ({ ...published[at], context, file, target }));
  const outputs = Object.fromEntries(keys.map((key) => [key, `\${{ steps.digest.outputs.${key} }}`]));
  return template('github.yml')
    .replace('branches: [main]', () => `branches: [${JSON.stringify(branch)}]`.replace('["main"]', '[main]'))
    .replace('tags: [v*]', tags === 'v' ? '$&' : "tags: ['[0-9]*']")
    .replace(' IMAGES', () => below(built, 10))
    .replace(' DIGESTS', () => below(outputs, 6))
    .replaceAll(' IMAGES', () => below(published, 10));
}

function gitlabText({ images, tags }: SigningFacts): string {
  const keys = keysOf(images);
  const jobs = images.map(({ name, context, file, target }, at) => {
    const [build, scan, sign] = ['build', 'scan', 'sign'].map((what) => `signed-${keys[at]}-${what}`);
    const REGISTRY = name.startsWith(GITLAB_NAME) ? '$CI_REGISTRY' : registryOf(name);
    const variables = { REPOSITORY: name, REGISTRY };
    const own = { DOCKERFILE: file, BUILD_CONTEXT: context, ...(target === '' ? {} : { TARGET: target }) };
    return {
      [build!]: { extends: '.signed-image-build', variables: { ...variables, ...own } },
      [scan!]: { extends: '.signed-image-scan', needs: [build], variables },
      [sign!]: { extends: '.signed-image-sign', needs: [build, scan], variables },
    };
  });
  const text = template('gitlab.yml').replace('=~ /^v/', tags === 'v' ? '$&' : '=~ /^[0-9]/');
  return [text, ...jobs.map((job) => plain(job))].join('\n');
}

/** Names for what belongs to an image: each only once. */
function keysOf(images: readonly NamedImage[]): readonly string[] {
  const slugs = images.map(({ part }) => slug(part));
  return slugs.map((one, at) => (slugs.indexOf(one) === at ? `image-${one}` : `image-${one}-${at + 1}`));
}

function plain(value: unknown): string {
  // Without anchors: what GitHub reads has to stand where it is read.
  return stringify(value, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false });
}

/** A value on lines of its own, below its key. */
function below(value: unknown, indent: number): string {
  const lines = plain(value).trimEnd().split('\n');
  return lines.map((line) => `\n${' '.repeat(indent)}${line}`).join('');
}

/** A line for each image that the project runs: whose signature it must have, or that its digest is enough. */
export function policyText(system: CiSystem, { images, pulled, branch, tags, home }: SigningFacts): string {
  const where = home ?? UNKNOWN_HOME[system];
  const file = system === 'github' ? `/${SIGN_PATHS.github}` : '//.gitlab-ci.yml';
  const refs = `@refs/(heads/${literal(branch)}|tags/${tags === 'v' ? 'v' : '[0-9]'}.*)`;
  const identity = `^${literal(where + file)}${refs}$`;
  const registry = `registry.${where.slice('https://'.length).toLowerCase()}`;
  const signed = images.map(
    ({ name }) => `${name.replace(GITLAB_NAME, registry)} signed ${identity} ${ISSUERS[system]}`,
  );
  return [
    '# Which images may run here, for verify-images.sh. An image without a line is refused, and so is one without a digest.',
    '#',
    '# NAME signed IDENTITY ISSUER   signed by a pipeline that this regular expression names, as this issuer has said of it',
    '# NAME key FILE                 signed with the key of this public key, a file beside this one',
    '# NAME digest                   the digest in the Compose file is enough: its publisher has not signed it, or how is not known',
    '',
    ...signed,
    ...pulled.map((name) => `${name} digest`),
    '',
  ].join('\n');
}

/** A text as a part of a regular expression of Go. */
function literal(text: string): string {
  return text.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
}

/** What is left to do by hand, now that these files are there. */
export function signSteps(system: CiSystem, facts: SigningFacts, deploys: boolean): readonly string[] {
  const { images, home, left, branch } = facts;
  const path = SIGN_PATHS[system];
  const unknown = home === undefined || images.some(({ name }) => name.startsWith(UNKNOWN_NAME));
  const foreign = images
    .filter(({ name }) => !/^(?:ghcr\.io\/|\$)/.test(name))
    .map(({ name }) => registryOf(name));
  return [
    ...(system === 'gitlab'
      ? [`add to .gitlab-ci.yml: include: [{ local: ${path} }]; signing without a key works on GitLab.com`]
      : []),
    ...(unknown
      ? [
          `put your own repository in place of OWNER/REPO or GROUP/PROJECT in ${path}${deploys ? ` and ${POLICY_PATH}` : ''}`,
        ]
      : []),
    ...[...new Set(foreign)].map(
      (registry) => `give the pipeline REGISTRY_USERNAME and REGISTRY_PASSWORD for ${registry}, as secrets`,
    ),
    ...images
      .filter(({ args }) => args.length > 0)
      .map(({ part, args }) => `the build of ${part} takes arguments: pass ${args.join(', ')} in ${path}`),
    ...left.map((one) => `not in ${path}: ${one}`),
    `protect ${branch} and the tags of releases: who can push them can have an image signed`,
    ...(deploys
      ? [
          `deploy by the digest that the pipeline names: sh ${VERIFY_PATH} && docker compose up --detach --no-build`,
        ]
      : []),
  ];
}
