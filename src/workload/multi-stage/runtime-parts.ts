import type { RuntimeStageParts } from '../../../templates/runtime-stage.js';
import { isRoot, isWithin } from '../model.js';
import { programName } from '../startup.js';
import { textOf, type Gathered } from './gather.js';
import type { Project, Stack, StackPlan, StageCopy } from './model.js';
import type { KeptPackages } from './needed-packages.js';
import { words } from './roles.js';

/** Name of the stage in which what runs is made ready. */
const BETWEEN = 'runtime-files';

/** Who owns the project's files in the author's image: the user it runs as, when the build gave them to it. */
function ownerOf(project: Project): string | undefined {
  const { build, stage, roots } = project;
  const user = build.scope.user;
  const name = user?.value;
  if (user === undefined || name === undefined || isRoot(name)) return undefined;
  const [bare = name] = name.split(':');
  const chown = build.runCommands.find((command) => {
    const list = words(command);
    return (
      programName(command.program ?? '') === 'chown' &&
      list.some((word) => word.split(/[:.]/)[0] === bare) &&
      list.some((word) => roots.some((root) => isWithin(root, word) || word === '.'))
    );
  });
  const given = chown === undefined ? undefined : words(chown).find((word) => word.split(/[:.]/)[0] === bare);
  if (given !== undefined) return given;
  const flagged = stage.instructions.flatMap(({ keyword, flags }) =>
    /^(?:COPY|ADD)$/.test(keyword) ? (flags.find((flag) => flag.name === 'chown')?.value ?? []) : [],
  );
  const own = flagged.find((value) => value.split(':')[0] === bare);
  if (own !== undefined) return own;
  // From its USER on the build makes the user's own files: WORKDIR too, as BuildKit makes it.
  const first = stage.instructions.findIndex(
    ({ keyword, argumentText }) => keyword === 'USER' && argumentText === user.instruction.argumentText,
  );
  const after = stage.instructions.slice(first + 1);
  const made = after.some(({ keyword }) => keyword === 'RUN' || keyword === 'WORKDIR');
  return made ? name : undefined;
}

/** Puts together what the template writes. */
export function partsOf(
  project: Project,
  stack: Stack,
  plan: StackPlan,
  gathered: Gathered,
  kept: KeptPackages,
): RuntimeStageParts {
  const { build, document, stage, workdir } = project;
  const owner = ownerOf(project);
  const outputs = gathered.outputs.filter((path) => !plan.copies.some((copy) => copy.path === path));
  const copies = [...plan.copies, ...outputs.map((path): StageCopy => ({ path }))].map(
    ({ path, to = path }) => ({
      path,
      to,
      chown: project.roots.some((root) => isWithin(path, root) || isWithin(root, path)) ? owner : undefined,
    }),
  );
  const user = build.scope.user?.instruction;
  const userLine = user === undefined ? [] : [textOf(document, user)];
  const [configures, starts] = [gathered.start, gathered.start].map((list, index) =>
    list.filter((text) => /^\s*(?:ENTRYPOINT|CMD)\b/i.test(text) === (index === 1)),
  );
  // A folder of which nothing is left, and which the program doesn't start in by a relative name, says nothing.
  const serves = plan.copies.every(({ path }) => (stack.folders ?? []).includes(path));
  const worksIn = serves ? [] : [`WORKDIR ${workdir}`];
  const platform = stage.from.flags.find(({ name }) => name === 'platform')?.text;
  return {
    build: stage.name ?? 'build',
    between: stage.name?.toLowerCase() === BETWEEN ? `${BETWEEN}-2` : BETWEEN,
    image: plan.image,
    platform,
    prune: plan.prune,
    workdir,
    linked: kept.linked,
    ownShell: build.scope.shell !== undefined,
    packages: kept.packages,
    packageManager: build.family === 'alpine' ? 'apk' : 'apt',
    system: systemLines(gathered, plan),
    copies,
    start: [...worksIn, ...configures!, ...userLine, ...starts!],
  };
}

/** The system's instructions, each under the user that the author runs it as, without ARGs that none of them uses. */
function systemLines({ system, start, packages }: Gathered, plan: StackPlan): string[] {
  const others = [
    ...system.filter(({ keyword }) => keyword !== 'ARG').map(({ text }) => text),
    ...start,
    plan.image,
  ];
  const used = (name: string): boolean =>
    others.some((text) => new RegExp(`\\$\\{?${name}\\b`).test(text)) ||
    (/^(?:DEBIAN_FRONTEND|.*_proxy)$/i.test(name) &&
      (packages.length > 0 || others.some((text) => /^RUN\b/.test(text))));
  const lines: string[] = [];
  let user: string | undefined;
  for (const { keyword, text, user: wanted } of system) {
    if (keyword === 'ARG') {
      const names = [...text.matchAll(/(?:^ARG\s+|\s)([A-Za-z_]\w*)/gi)].map(([, name = '']) => name);
      if (!names.some(used)) continue;
    }
    if (keyword === 'RUN' && wanted !== user) {
      lines.push(`USER ${wanted ?? 'root'}`);
      user = wanted;
    }
    lines.push(text);
  }
  if (user !== undefined && !isRoot(user)) lines.push('USER root');
  return lines;
}
