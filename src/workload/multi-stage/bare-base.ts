import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { RuntimeBase } from '../context.js';
import type { BareNeed, Project } from './model.js';
import { SUITE } from './runtime-image.js';

/** The bases without a shell and a package manager. */
export type BareBase = Exclude<RuntimeBase, 'slim'>;

/** An image without a shell and a package manager, and what its start depends on. */
export interface BareImage {
  /** As FROM takes it. */
  readonly image: string;
  /** The packages that it brings, or that have no use there. */
  readonly brings: RegExp;
  /** The user that is not root in its /etc/passwd. */
  readonly user: { readonly name: string; readonly uid: number; readonly home: string };
  /** True when it starts as that user where no USER says otherwise. */
  readonly startsAsUser: boolean;
  /** True when its /etc/passwd knows root by name. */
  readonly namesRoot: boolean;
  /** True when it has an ENTRYPOINT, to which a command is arguments. */
  readonly hasEntrypoint: boolean;
  /** The folder of its program, where PATH lacks it. */
  readonly programs?: string;
  /** What a reviewer must know of it. */
  readonly notes: readonly string[];
  readonly evidence: Evidence;
}

/** The image for a program, or why there is none. */
type Found = BareImage | string;

const CERTIFICATES = /^(?:ca-certificates|tzdata)$/;
const NONROOT = { name: 'nonroot', uid: 65532, home: '/home/nonroot' } as const;

/**
 * The release whose libraries a program finds that was linked on an image: glibc runs what was linked against an older one,
 * and the default suite of Docker's official images is never newer than Debian's stable.
 */
function releaseFor(image: string): number | undefined {
  const suite = SUITE.exec(image.split('@')[0] ?? '')?.[1];
  if (suite === undefined || suite === 'trixie') return 13;
  return /^(?:bookworm|bullseye|buster|stretch)$/.test(suite) ? 12 : undefined;
}

/** https://github.com/GoogleContainerTools/distroless#what-images-are-available */
const DISTROLESS = { java: [17, 21, 25], node: [22, 24, 26] } as const;

function distroless(need: BareNeed, image: string): Found {
  const found: Omit<BareImage, 'image'> = {
    brings: CERTIFICATES,
    // https://github.com/GoogleContainerTools/distroless/blob/main/common/variables.bzl
    user: NONROOT,
    startsAsUser: false,
    namesRoot: true,
    hasEntrypoint: need.kind === 'java' || need.kind === 'node',
    // https://github.com/GoogleContainerTools/distroless/blob/main/nodejs/nodejs.bzl
    ...(need.kind === 'node' ? { programs: '/nodejs/bin' } : {}),
    notes: [],
    evidence: citeSource(
      'https://github.com/GoogleContainerTools/distroless#distroless-container-images',
      'They do not contain package managers, shells or any other programs',
    ),
  };
  if (need.kind === 'static') return { ...found, image: 'gcr.io/distroless/static-debian13' };
  if (need.kind !== 'linked') {
    const { kind, version } = need;
    const known: readonly number[] = DISTROLESS[kind];
    const name = kind === 'java' ? 'java' : 'nodejs';
    if (!known.includes(version)) return `distroless has ${name} ${known.join(', ')}, not ${version}`;
    return { ...found, image: `gcr.io/distroless/${name}${version}-debian13` };
  }
  const release = releaseFor(image);
  if (release === undefined) return 'distroless has no libraries as new as those that it was linked to';
  return { ...found, image: `gcr.io/distroless/${need.unwinds ? 'cc' : 'base'}-debian${release}` };
}

function chainguard(need: BareNeed): Found {
  const found: Omit<BareImage, 'image'> = {
    brings: CERTIFICATES,
    user: NONROOT,
    startsAsUser: true,
    namesRoot: true,
    hasEntrypoint: false,
    notes: [],
    evidence: citeSource(
      'https://edu.chainguard.dev/chainguard/chainguard-images/reference/static/',
      'Base images with the minimum contents needed to run static binaries.',
    ),
  };
  if (need.kind === 'static') return { ...found, image: 'cgr.dev/chainguard/static:latest' };
  // https://images.chainguard.dev/directory/image/glibc-dynamic/overview: it has libstdc++ too.
  if (need.kind === 'linked') return { ...found, image: 'cgr.dev/chainguard/glibc-dynamic:latest' };
  return 'Chainguard publishes only the newest version of it without an account';
}

/**
 * Docker publishes how its hardened images are made:
 * https://github.com/docker-hardened-images/catalog/tree/30c3db971dffbab14c3e400e021e76c27ef950fe/image
 */
const DHI = {
  java: [8, 11, 17, 21, 25],
  node: [22, 24, 26],
  // `static` has no tag that moves: its version is that of Debian's ca-certificates.
  static: '20250419',
} as const;

/** What draws text, or is there to draw: java.awt asks fontconfig for its fonts. */
const DRAWS =
  /\bjava\.awt\b|\bjavax\.swing\b|\bjavafx\b|jasperreports|jfreechart|org\.apache\.poi|poi-ooxml|pdfbox|openhtmltopdf|flying-saucer|itextpdf|batik|captcha|thumbnailator/i;

/** The files that name a Java project's libraries. */
const LIBRARIES = ['pom.xml', 'build.gradle', 'build.gradle.kts', 'gradle/libs.versions.toml'];

function drawing({ sources, roots, read }: Project): string | undefined {
  const source = sources.find(DRAWS);
  if (source !== undefined && 'file' in source) return source.file;
  return roots
    .flatMap((root) => LIBRARIES.map((name) => `${root.replace(/\/$/, '')}/${name}`))
    .find((path) => DRAWS.test(read(path) ?? ''));
}

function dhi(need: BareNeed, image: string, project: Project): Found {
  const found: Omit<BareImage, 'image'> = {
    brings: CERTIFICATES,
    user: NONROOT,
    startsAsUser: true,
    namesRoot: true,
    hasEntrypoint: false,
    notes: ['docker login dhi.io comes before the build'],
    evidence: citeSource(
      'https://docs.docker.com/dhi/how-to/use/',
      "runtime images don't include shells or package managers, run as non-root users by default",
    ),
  };
  const { platform } = project.stage;
  if (platform !== undefined && /linux\/(?!amd64|arm64)/.test(platform)) {
    return `Docker's hardened images are for linux/amd64 and linux/arm64, not ${platform}`;
  }
  if (need.kind === 'static') return { ...found, image: `dhi.io/static:${DHI.static}-debian13` };
  if (need.kind === 'linked') {
    if (need.unwinds) return "Docker's hardened image with glibc does not name libgcc_s, which it links to";
    const release = releaseFor(image);
    return release === undefined
      ? "Docker's hardened images have no libraries as new as those that it was linked to"
      : { ...found, image: `dhi.io/static:${DHI.static}-glibc-debian${release}` };
  }
  const { kind, version } = need;
  const known: readonly number[] = DHI[kind];
  if (!known.includes(version)) {
    const name = kind === 'java' ? 'Java' : 'Node.js';
    return `Docker's hardened images have ${name} ${known.join(', ')}, not ${version}`;
  }
  if (kind === 'node') {
    const user = { name: 'node', uid: 1000, home: '/home/node' };
    return { ...found, user, image: `dhi.io/node:${version}-debian13` };
  }
  const draws = drawing(project);
  if (draws !== undefined) return `Docker's hardened Java has no fontconfig, and ${draws} may draw text`;
  return {
    ...found,
    // jre-21.yaml and the others name neither tzdata nor fontconfig, and only the user nonroot.
    brings: /^ca-certificates$/,
    namesRoot: false,
    notes: [...found.notes, 'it has no fontconfig: a library that draws text by java.awt fails'],
    image: `dhi.io/eclipse-temurin:${version}-debian13`,
  };
}

/** The image of a base on which a program of the project runs; else why there is none. */
export function bareImageFor(base: BareBase, need: BareNeed, project: Project): Found {
  const { image } = project.stage;
  if (base === 'distroless') return distroless(need, image);
  return base === 'chainguard' ? chainguard(need) : dhi(need, image, project);
}
