import type { ImageReference } from '../catalogue/catalogue.js';

/** What decides which user tools an image has. */
export type Family = 'debian' | 'alpine' | 'rpm' | 'distroless' | 'windows';

/** A base that runs as root unless a Dockerfile says otherwise. */
export interface BaseImage {
  readonly family: Family;
  /** The document that shows that the image sets no USER. */
  readonly source: string;
  /** A non-root user that the image brings. */
  readonly available?: { readonly name: string; readonly uid: number; readonly home: string };
}

const OFFICIAL = 'https://github.com/docker-library/official-images/tree/master/library';

/** Official images whose Dockerfiles have no USER, by family of their default tag. */
const WITHOUT_USER: Readonly<Record<string, Family>> = {
  alpine: 'alpine',
  busybox: 'alpine',
  almalinux: 'rpm',
  amazoncorretto: 'rpm',
  amazonlinux: 'rpm',
  centos: 'rpm',
  fedora: 'rpm',
  oraclelinux: 'rpm',
  rockylinux: 'rpm',
  'buildpack-deps': 'debian',
  dart: 'debian',
  debian: 'debian',
  'eclipse-temurin': 'debian',
  elixir: 'debian',
  erlang: 'debian',
  gcc: 'debian',
  golang: 'debian',
  maven: 'debian',
  openjdk: 'rpm',
  perl: 'debian',
  php: 'debian',
  pypy: 'debian',
  python: 'debian',
  ruby: 'debian',
  rust: 'debian',
  ubuntu: 'debian',
};

const NODE_SOURCE = 'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#non-root-user';
const DOTNET_SOURCE =
  'https://github.com/dotnet/dotnet-docker/blob/main/documentation/scenarios/using-non-root-users.md';
const BUN_SOURCE = 'https://github.com/oven-sh/bun/tree/main/dockerhub';
const DISTROLESS_SOURCE = 'https://github.com/GoogleContainerTools/distroless/blob/main/base/base.bzl';

const ALPINE_TAG = /(?:^|[-.])alpine/;
const RPM_TAG = /(?:^|-)(?:ubi\d*|al\d+|oracle(?:linux)?\d*|fedora\d*|rocky|centos\d*)/;
const DEBIAN_TAG =
  /(?:^|-)(?:slim|noble|jammy|focal|bionic|trixie|bookworm|bullseye|buster|stretch|sid)(?:-|$)/;
const WINDOWS_TAG = /windowsservercore|nanoserver/;

function familyOf(tag: string, fallback: Family): Family {
  if (WINDOWS_TAG.test(tag)) return 'windows';
  if (ALPINE_TAG.test(tag)) return 'alpine';
  if (RPM_TAG.test(tag)) return 'rpm';
  return DEBIAN_TAG.test(tag) ? 'debian' : fallback;
}

/** Architecture and vendor namespaces that carry the official images. */
const OFFICIAL_NAMESPACE =
  /^(?:(?:amd64|arm32v[567]|arm64v8|i386|ppc64le|riscv64|s390x|public\.ecr\.aws\/(?:debian|ubuntu))\/)/;

/** What is known of a base image's first user; undefined when nothing is. */
export function baseImage(reference: ImageReference): BaseImage | undefined {
  const repository = reference.repository.replace(OFFICIAL_NAMESPACE, '');
  const tag = reference.tag ?? '';
  if (/^mcr\.microsoft\.com\/(?:windows|dotnet\/framework)\b/.test(repository)) {
    return { family: 'windows', source: 'https://learn.microsoft.com/virtualization/windowscontainers/' };
  }
  if (repository === 'node') {
    const family = familyOf(tag, 'debian');
    return { family, source: NODE_SOURCE, available: { name: 'node', uid: 1000, home: '/home/node' } };
  }
  if (/^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps|sdk)$/.test(repository)) {
    // Chiselled images bring no shell and run as `app` already; .NET before 8 has no such user.
    if (!/^(?:[89]|[1-9]\d)\./.test(tag) || /chiseled|distroless|extra|composite/.test(tag)) return undefined;
    return {
      family: familyOf(tag, 'debian'),
      source: DOTNET_SOURCE,
      available: { name: 'app', uid: 1654, home: '/home/app' },
    };
  }
  if (repository === 'oven/bun' && !/distroless/.test(tag)) {
    const family = familyOf(tag, 'debian');
    return { family, source: BUN_SOURCE, available: { name: 'bun', uid: 1000, home: '/home/bun' } };
  }
  if (/^gcr\.io\/distroless\//.test(repository)) {
    if (/nonroot/.test(tag)) return undefined;
    return {
      family: 'distroless',
      source: DISTROLESS_SOURCE,
      available: { name: 'nonroot', uid: 65532, home: '/home/nonroot' },
    };
  }
  const family = WITHOUT_USER[repository];
  if (family === undefined) return undefined;
  return { family: familyOf(tag, family), source: `${OFFICIAL}/${repository}` };
}

/**
 * Images without a shell and a package manager, whatever distribution their tag names: distroless and chiselled ones, and the
 * runtime variants of Docker Hardened Images (https://docs.docker.com/dhi/explore/available/).
 */
const SHELL_LESS = /distroless|chisell?ed|^dhi\.io\/(?!.*-dev$)/;

/** The family that a tag or repository names, for images of which nothing else is known. */
export function namedFamily(reference: ImageReference): Family | undefined {
  const text = `${reference.repository}:${reference.tag ?? ''}`;
  if (SHELL_LESS.test(text)) return 'distroless';
  if (WINDOWS_TAG.test(text)) return 'windows';
  if (/alpine/.test(text)) return 'alpine';
  return DEBIAN_TAG.test(reference.tag ?? '') || /(?:debian|ubuntu)/.test(text) ? 'debian' : undefined;
}

/** Images built on buildpack-deps: compilers, version control and their helpers are there. */
export function onBuildpackDeps(reference: ImageReference): boolean {
  const { repository, tag = '' } = reference;
  if (/alpine|slim/.test(tag)) return false;
  return /^(?:buildpack-deps|elixir|erlang|gcc|golang|node|perl|python|ruby|rust)$/.test(repository);
}

/** Images built on buildpack-deps, which installs ca-certificates, and slim ones whose Dockerfile does. */
export function bringsCertificates(reference: ImageReference): boolean {
  const { repository, tag = '' } = reference;
  if (ALPINE_TAG.test(tag)) return false;
  if (repository === 'buildpack-deps') return true;
  if (/^(?:gcc|golang|node|perl|rust|erlang|elixir)$/.test(repository)) return !/slim/.test(tag);
  return /^(?:python|ruby|php|eclipse-temurin)$/.test(repository);
}

/**
 * True for an image on a release of Debian or Ubuntu whose packages have left the mirrors, as far as its tag says: apt-get fails there.
 * https://wiki.debian.org/DebianReleases
 */
export function isArchived({ repository, tag = '' }: ImageReference): boolean {
  if (/(?:^|-)(?:wheezy|jessie|stretch|buster|trusty|xenial)(?:-|$)/.test(tag)) return true;
  if (/(?:^|-)(?:bullseye|bookworm|trixie|forky)(?:-|$)|alpine/.test(tag)) return false;
  const [major = NaN, minor = 0] = /^\d+(?:\.\d+)?/.exec(tag)?.[0].split('.').map(Number) ?? [];
  return (
    (repository === 'node' && major <= 14) ||
    (repository === 'python' && (major === 2 || (major === 3 && minor <= 6))) ||
    (repository === 'ruby' && (major < 2 || (major === 2 && minor <= 6)))
  );
}
