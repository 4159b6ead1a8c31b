import type { Linked } from '../../../templates/runtime-stage.js';
import { literal } from '../../core/text.js';
import type { Evidence } from '../../core/types.js';
import { programName } from '../startup.js';
import { UNLINKED, type Package, type Project, type Stack, type StackPlan } from './model.js';
import {
  alpineLibraries,
  DEBIAN_PACKAGE_OF,
  FETCHERS,
  FULL_ONLY,
  isBuildPackage,
  isDevelopment,
  isFull,
  programOf,
} from './packages.js';
import { spawnOf } from './sources.js';

/** The packages of the runtime stage. */
export interface KeptPackages {
  readonly packages: readonly string[];
  readonly dropped: readonly string[];
  readonly linked: Linked;
  readonly notes: readonly string[];
}

/** True when the program of a package is used by what runs. */
function runs(project: Project, name: string): Evidence | boolean {
  const program = programOf(name);
  if (project.starts.includes(program)) return true;
  const check = project.stage.instructions.some(
    ({ keyword, argumentText }) =>
      keyword === 'HEALTHCHECK' &&
      new RegExp(`(?:^|[\\s"'/])${literal(program)}(?:[\\s"']|$)`).test(argumentText),
  );
  return check || (spawnOf(project.sources, program) ?? false);
}

/** A shell that is started with a command of somebody else's. */
const OPEN_SHELL =
  /(?:spawn|exec\w*|Popen|run|Command(?:::new)?)\(\s*\[?\s*['"`](?:\/bin\/)?(?:ba)?sh['"`]\s*,\s*\[?\s*['"`]-\w*c['"`]\s*,\s*(?!['"`])/;

/** Splits the packages in those that the program needs and those that only the build does. */
export function keepPackages(
  project: Project,
  stack: Stack,
  plan: StackPlan,
  all: readonly Package[],
): KeptPackages | string {
  const { build } = project;
  const fetched = new Set(build.runCommands.map(({ program = '' }) => programName(program)));
  const dropped: Package[] = [];
  const kept: Package[] = [];
  // python3 without a compiler is no tool of node-gyp; a program that runs commands given to it may run any.
  const compiles = all.some((found) => isBuildPackage(found) && !/-dev$/.test(found.name));
  const runsAnything = project.sources.find(OPEN_SHELL) !== undefined;
  for (const found of all) {
    const { name } = found;
    const brought = stack.buildPackages.test(name) && (compiles || !name.startsWith('python'));
    const fetches = FETCHERS.has(name) && fetched.has(programOf(name));
    const isTool = isBuildPackage(found) || (!runsAnything && (brought || fetches));
    if (isTool && (isDevelopment(found) || runs(project, name) === false)) dropped.push(found);
    else kept.push(found);
  }
  const alpine = build.family === 'alpine';
  const libraries: string[] = [];
  if (alpine) {
    for (const { name } of dropped) {
      const of = alpineLibraries(name);
      if (of === undefined) return `which libraries ${name} is for is not known`;
      libraries.push(...of);
    }
  }
  const full = !alpine && plan.image !== project.stage.image && isFull(build.base ?? { tag: undefined });
  const missing = full
    ? FULL_ONLY.filter((program) => runs(project, program) !== false).map(
        (program) => DEBIAN_PACKAGE_OF[program] ?? program,
      )
    : [];
  // What fetches over TLS trusts nothing without them, and they are only recommended.
  const fetches = missing.some((name) => /^(?:git|curl|wget)$/.test(name)) ? ['ca-certificates'] : [];
  const texts = [...kept.map(({ text }) => text), ...libraries, ...missing, ...fetches, ...plan.packages];
  const packages = [...new Set(texts)].sort();
  const linked = alpine || (!full && dropped.length === 0) ? UNLINKED : plan.linked;
  const names = [...new Set(dropped.map(({ name }) => name))];
  const notes = names.length === 0 ? [] : [`only the build needs ${names.join(', ')}`];
  return { packages, dropped: names, linked, notes };
}
