import type { RuntimeStageParts } from '../../../templates/runtime-stage.js';
import type { Evidence } from '../../core/types.js';
import type { Instruction } from '../../formats/dockerfile/document.js';
import { isWithin } from '../model.js';
import { SERVICES_SET_USERS, decideUser } from '../non-root.js';
import { programName } from '../startup.js';
import { bareImageFor, type BareBase, type BareImage } from './bare-base.js';
import { startedProgram } from './binary.js';
import { UNLINKED, type BareNeed, type Project, type StackPlan } from './model.js';

/** Why a program can't do without a shell, a package manager and all other programs; undefined when it can. */
function obstacle(
  project: Project,
  need: BareNeed,
  parts: RuntimeStageParts,
  bare: BareImage,
): string | undefined {
  const { build, context, sources } = project;
  const packages = parts.packages.filter((name) => !bare.brings.test(name));
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
  const there = named === availableUser(project) || (named === 'root' && bare.namesRoot);
  if (named !== '' && !/^\d+$/.test(named) && !there) return `it has no user ${named}`;
  return startObstacle(project, bare);
}

/** True when the author's image starts as root because nothing says otherwise, and the bare one doesn't. */
function changesUser({ build }: Project, { startsAsUser }: BareImage): boolean {
  return startsAsUser && build.scope.user === undefined && build.user.value.root;
}

/** Why the program can't start as the user that the bare image starts as: the same as for a USER that harden adds. */
function startObstacle(project: Project, bare: BareImage): string | undefined {
  if (!changesUser(project, bare)) return undefined;
  const { build, context, document } = project;
  const source = 'source' in bare.evidence ? bare.evidence.source : '';
  const baseImage = { family: 'distroless' as const, source, available: bare.user };
  const decision = decideUser(
    document,
    { ...build, ...{ family: 'distroless', facts: undefined, baseImage } },
    context,
  );
  if (decision.kind === 'user' || decision.reason === SERVICES_SET_USERS) return undefined;
  return `it starts as ${bare.user.name} there, and ${decision.reason}`;
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
function renamed(parts: RuntimeStageParts, name: string | undefined, { user }: BareImage): RuntimeStageParts {
  if (name === undefined) return parts;
  const owner = (chown: string | undefined): string | undefined =>
    chown?.split(':')[0] === name ? `${user.name}:${user.name}` : chown;
  return {
    ...parts,
    copies: parts.copies.map((copy) => ({ ...copy, chown: owner(copy.chown) })),
    start: parts.start.map((text) =>
      /^\s*USER\b/i.test(text) && text.trim().split(/[\s:]+/)[1] === name ? `USER ${user.name}` : text,
    ),
  };
}

/** What is in the working directory belongs to the user that the bare image starts as: root could write there. */
function owned(parts: RuntimeStageParts, { user }: BareImage): RuntimeStageParts {
  const { workdir } = parts;
  const copies = parts.copies.map((copy) =>
    workdir !== '/' && (isWithin(copy.to, workdir) || isWithin(workdir, copy.to))
      ? { ...copy, chown: copy.chown ?? `${user.name}:${user.name}` }
      : copy,
  );
  return { ...parts, copies };
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
):
  | { readonly parts: RuntimeStageParts; readonly notes: readonly string[]; readonly evidence: Evidence }
  | string {
  if (plan.bare === undefined) return `harden knows no image without a shell for ${plan.name}`;
  if (typeof plan.bare === 'string') return plan.bare;
  const bare = bareImageFor(base, plan.bare, project);
  if (typeof bare === 'string') return bare;
  const reason = obstacle(project, plan.bare, parts, bare);
  if (reason !== undefined) return reason;
  const at = parts.start.findIndex((text) => /^\s*(?:ENTRYPOINT|CMD)\b/i.test(text));
  // The images of a language start its program; the author's CMD names it too.
  const own = project.build.scope.entrypoint !== undefined || !bare.hasEntrypoint;
  const start = own ? parts.start : parts.start.toSpliced(at, 0, 'ENTRYPOINT []');
  const path = bare.programs === undefined ? [] : [`ENV PATH="${bare.programs}:\${PATH}"`];
  const named = renamed({ ...parts, start }, availableUser(project), bare);
  const changes = changesUser(project, bare);
  const moved = {
    ...(changes ? owned(named, bare) : named),
    image: bare.image,
    system: [...path, ...parts.system],
    packages: [],
    linked: UNLINKED,
  };
  const notes = [
    'it has no shell: docker exec finds no program in it',
    ...(changes ? [`it starts as ${bare.user.name} (${bare.user.uid}), not as root`] : []),
    ...bare.notes,
  ];
  return { parts: moved, notes, evidence: bare.evidence };
}
