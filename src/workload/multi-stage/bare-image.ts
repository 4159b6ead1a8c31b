import type { RuntimeStageParts } from '../../../templates/runtime-stage.js';
import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { Instruction } from '../../formats/dockerfile/document.js';
import type { RuntimeBase } from '../context.js';
import { programName } from '../startup.js';
import { startedProgram } from './binary.js';
import { UNLINKED, type BareNeed, type Project, type StackPlan } from './model.js';
import { SUITE } from './runtime-image.js';

/** The bases without a shell and a package manager. */
export type BareBase = Exclude<RuntimeBase, 'slim'>;

/** https://github.com/GoogleContainerTools/distroless#what-images-are-available */
const DISTROLESS = { java: [17, 21, 25], node: [22, 24, 26] } as const;

const EVIDENCE: Readonly<Record<BareBase, Evidence>> = {
  distroless: citeSource(
    'https://github.com/GoogleContainerTools/distroless#distroless-container-images',
    'They do not contain package managers, shells or any other programs',
  ),
  chainguard: citeSource(
    'https://edu.chainguard.dev/chainguard/chainguard-images/reference/static/',
    'Base images with the minimum contents needed to run static binaries.',
  ),
};

/** The packages that all of these images bring, or have no use for. */
const BROUGHT = /^(?:ca-certificates|tzdata)$/;

/** Distroless images have it in /etc/passwd: common/variables.bzl. */
const USER = 'nonroot';

/**
 * The release whose libraries a program finds that was linked on an image: glibc runs what was linked against an older one,
 * and the default suite of Docker's official images is never newer than Debian's stable.
 */
function releaseFor(image: string): number | undefined {
  const suite = SUITE.exec(image.split('@')[0] ?? '')?.[1];
  if (suite === undefined || suite === 'trixie') return 13;
  return /^(?:bookworm|bullseye|buster|stretch)$/.test(suite) ? 12 : undefined;
}

/** The image without a shell on which a program runs, as FROM takes it; else why there is none. */
function imageFor(base: BareBase, need: BareNeed, image: string): { readonly image: string } | string {
  if (base === 'chainguard') {
    // https://images.chainguard.dev/directory/image/glibc-dynamic/overview: it has libstdc++ too.
    if (need.kind === 'static') return { image: 'cgr.dev/chainguard/static:latest' };
    if (need.kind === 'linked') return { image: 'cgr.dev/chainguard/glibc-dynamic:latest' };
    return 'Chainguard publishes only the newest version of it without an account';
  }
  if (need.kind === 'static') return { image: 'gcr.io/distroless/static-debian13' };
  if (need.kind !== 'linked') {
    const { kind, version } = need;
    const known: readonly number[] = DISTROLESS[kind];
    const name = kind === 'java' ? 'java' : 'nodejs';
    if (!known.includes(version)) return `distroless has ${name} ${known.join(', ')}, not ${version}`;
    return { image: `gcr.io/distroless/${name}${version}-debian13` };
  }
  const release = releaseFor(image);
  if (release === undefined) return 'distroless has no libraries as new as those that it was linked to';
  return { image: `gcr.io/distroless/${need.unwinds ? 'cc' : 'base'}-debian${release}` };
}

/** Why a program can't do without a shell, a package manager and all other programs; undefined when it can. */
function obstacle(project: Project, need: BareNeed, parts: RuntimeStageParts): string | undefined {
  const { build, context, sources } = project;
  const packages = parts.packages.filter((name) => !BROUGHT.test(name));
  if (packages.length > 0) return `it needs ${packages.join(', ')}, and nothing can install packages there`;
  if (parts.system.some((text) => /^\s*RUN\b/i.test(text))) return 'a RUN prepares the image that runs';
  const { entrypoint, command } = build.scope;
  const start = [entrypoint, command].filter((found) => found !== undefined);
  if (start.some(({ json }) => json === undefined)) return 'it starts through a shell';
  const first = programName(start[0]?.json?.[0] ?? '');
  const program = need.kind === 'java' || need.kind === 'node' ? need.kind : startedProgram(project)?.name;
  if (first !== program) return `it starts through ${first}, which is not there`;
  const check = healthcheckProgram(build.stage.instructions);
  if (check !== undefined && check !== first) return `its HEALTHCHECK runs ${check}`;
  const service = context.usedBy.find(({ healthcheck, replacesStart }) => healthcheck || replacesStart);
  if (service !== undefined) {
    return `the service ${service.service} ${service.healthcheck ? 'checks its health' : 'starts it'} by programs of the image`;
  }
  const [spawning] = sources.spawning();
  if (spawning !== undefined) return `${spawning.path} may start other programs`;
  if (!sources.complete() || sources.files().length === 0)
    return 'not all sources were read for what they start';
  const user = build.scope.user?.value;
  const named = user?.split(':')[0] ?? '';
  const brought = availableUser(project);
  if (named !== '' && !/^\d+$/.test(named) && named !== brought && named !== 'root')
    return `it has no user ${named}`;
  return undefined;
}

/** The name of the non-root user that the author's base brings. */
function availableUser({ build }: Project): string | undefined {
  return (build.facts?.user.available ?? build.baseImage?.available)?.name;
}

/** The program of a HEALTHCHECK; `a shell` for the shell form. */
function healthcheckProgram(instructions: readonly Instruction[]): string | undefined {
  const check = instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  const text = check === undefined ? 'NONE' : check.argumentText.trim();
  if (/^NONE$/i.test(text)) return undefined;
  const json = /CMD\s*(\[[\s\S]*\])\s*$/i.exec(text)?.[1];
  const program = json === undefined ? undefined : /^\[\s*"([^"]+)"/.exec(json)?.[1];
  return program === undefined ? 'a shell' : programName(program);
}

/** The user of the author's base by the name that the bare image has for one. */
function renamed(parts: RuntimeStageParts, name: string | undefined): RuntimeStageParts {
  if (name === undefined) return parts;
  const owner = (chown: string | undefined): string | undefined =>
    chown?.split(':')[0] === name ? `${USER}:${USER}` : chown;
  return {
    ...parts,
    copies: parts.copies.map((copy) => ({ ...copy, chown: owner(copy.chown) })),
    start: parts.start.map((text) =>
      /^\s*USER\b/i.test(text) && text.trim().split(/[\s:]+/)[1] === name ? `USER ${USER}` : text,
    ),
  };
}

/**
 * The runtime stage on an image without a shell, for what needs nothing else; the reason when the program needs more, and
 * stays on its distribution.
 */
export function onBareImage(
  project: Project,
  base: BareBase,
  plan: StackPlan,
  parts: RuntimeStageParts,
): { readonly parts: RuntimeStageParts; readonly evidence: Evidence } | string {
  if (plan.bare === undefined) return `harden knows no image without a shell for ${plan.name}`;
  if (typeof plan.bare === 'string') return plan.bare;
  const found = imageFor(base, plan.bare, project.stage.image);
  if (typeof found === 'string') return found;
  const reason = obstacle(project, plan.bare, parts);
  if (reason !== undefined) return reason;
  const at = parts.start.findIndex((text) => /^\s*(?:ENTRYPOINT|CMD)\b/i.test(text));
  // The images of a language start its program; the author's CMD names it too.
  const own = project.build.scope.entrypoint !== undefined || !/^(?:java|node)$/.test(plan.bare.kind);
  const start = own ? parts.start : parts.start.toSpliced(at, 0, 'ENTRYPOINT []');
  // https://github.com/GoogleContainerTools/distroless/blob/main/nodejs/nodejs.bzl
  const path = plan.bare.kind === 'node' ? ['ENV PATH="/nodejs/bin:${PATH}"'] : [];
  const moved = {
    ...renamed({ ...parts, start }, availableUser(project)),
    image: found.image,
    system: [...path, ...parts.system],
    packages: [],
    linked: UNLINKED,
  };
  return { parts: moved, evidence: EVIDENCE[base] };
}
