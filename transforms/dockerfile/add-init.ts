import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { appendWord, insertAtStart, insertBefore, prependJson } from '../../src/formats/dockerfile/edit.js';
import { aptInstall } from '../../src/workload/apt.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages, type ImageBuild } from '../../src/workload/dockerfile.js';
import { isRoot } from '../../src/workload/model.js';
import { planInit, type InitAddition } from '../../src/workload/runtime/init.js';
import { aboutStart, leftFinding } from './runtime-finding.js';

/** The user in force before an instruction of the stage. */
function userBefore(build: ImageBuild, instruction: Instruction): string | undefined {
  const { scope, baseUser } = build;
  const last = scope.instructions.findLast(
    ({ keyword, index }) => keyword === 'USER' && index < instruction.index,
  );
  if (last !== undefined) return last.argumentText;
  return baseUser.certainty === 'unknown' ? undefined : baseUser.value.name;
}

/** An `apt-get install` of the stage that can take one more package: plain, as root, its lists just updated. */
function openInstall(build: ImageBuild): number | undefined {
  for (const command of build.runCommands) {
    const { instruction } = command;
    const install = instruction.stage === build.stage.index ? aptInstall(command) : undefined;
    if (install?.lastPackageEnd === undefined || install.variable) continue;
    const { argumentText, heredocs } = instruction;
    const plain = heredocs.length === 0 && !/\b(?:if|for|while|case|sudo)\b|\|\|/.test(argumentText);
    const updated = /\bapt(?:-get)?\s+(?:-\S+\s+)*update\b/.exec(argumentText);
    const target = /\s(?:-t|--target-release)\b/.test(argumentText);
    const user = userBefore(build, instruction);
    if (plain && updated !== null && !target && user !== undefined && isRoot(user))
      return install.lastPackageEnd;
  }
  return undefined;
}

/** True where all that root does before a USER is one RUN that takes bits away: strip-setuid's own steps. */
function isBorrowed(document: DockerfileDocument, { instructions }: Stage, user: Instruction): boolean {
  const at = instructions.indexOf(user);
  const [root, run] = [instructions[at - 2], instructions[at - 1]];
  return (
    root?.keyword === 'USER' &&
    run?.keyword === 'RUN' &&
    document.text.slice(run.start, run.end).includes('-perm /6000')
  );
}

/** RUNs that install packages without an update of the lists. */
function installsByOlderLists(document: DockerfileDocument, { instructions }: Stage): readonly Instruction[] {
  return instructions.filter(({ keyword, start, end }) => {
    const text = document.text.slice(start, end);
    return keyword === 'RUN' && /\bapt(?:-get)?\b[^\n]*\binstall\b/.test(text) && !/\bupdate\b/.test(text);
  });
}

/** Installs the package where root is in force: with the others, above the last USER, or above what starts. */
function installation(document: DockerfileDocument, build: ImageBuild, addition: InitAddition): Edits {
  const at = build.family === 'debian' ? openInstall(build) : undefined;
  // Before what else goes there: a cleanup that follows the packages.
  if (at !== undefined) return appendWord(document, at, addition.package, 1);
  const lines = [`RUN ${addition.install}`];
  const users = build.stage.instructions.filter(({ keyword }) => keyword === 'USER');
  const needing = installsByOlderLists(document, build.stage);
  const { user } = build;
  if (user.certainty === 'known' && user.value.root) return insertAtStart(document, build.stage, lines, 1);
  const switches = users.at(-1);
  const before = switches === undefined ? undefined : userBefore(build, switches);
  // A root that another step only borrows to clean up is not where packages are installed.
  const borrowed = switches !== undefined && isBorrowed(document, build.stage, switches);
  if (switches === undefined || before === undefined || !isRoot(before) || borrowed) {
    return refused('the stage has no root user that could install it');
  }
  if (needing.some(({ index }) => index > switches.index))
    return refused('a later RUN installs packages by the lists that this step would remove');
  return insertBefore(document, switches, lines);
}

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): Finding | undefined {
  const build = imageBuild(document, stage, context);
  const plan = planInit(document, build, context);
  if (plan.kind === 'none') return undefined;
  const { entrypoint, command } = build.scope;
  const message = 'its PID 1 neither reaps orphaned processes nor gets every signal';
  const base = aboutStart(stage, entrypoint ?? command, message, plan.evidence);
  if (plan.kind !== 'add') return leftFinding(base, plan);
  const { words, install } = plan.value;
  const json = `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  const edit = combine(
    installation(document, build, plan.value),
    entrypoint === undefined
      ? insertAtStart(document, stage, [`ENTRYPOINT ${json}`], -2)
      : prependJson(document, entrypoint, words),
  );
  const suggestion = `RUN ${install}\nENTRYPOINT ${json}`;
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion };
  // The package comes over the network, and the program is no longer PID 1.
  return { ...base, safety: 'unsafe', change: `ENTRYPOINT ${json.slice(0, -1)}, …]`, edits: edit.edits };
}

export const addInit: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/add-init',
    title: 'Run an init as PID 1',
    description:
      "The kernel hands orphaned processes to PID 1 and withholds from it every signal that it doesn't handle. A " +
      'program in Node or Python, a package script and a shell that waits for its last command are not made for that: ' +
      'zombies stay, and `docker stop` waits ten seconds and kills. tini, from the packages of Debian or Alpine, goes ' +
      'before them, and the ENTRYPOINT of the node image stays between the two. Servers that handle signals and start nothing else keep what they have, and so does what Compose ' +
      "runs, also by the name under which the image is published: there the engine's own init needs no package.",
    severity: 'low',
    phase: 2,
    mayBreak:
      'A program without a handler for SIGTERM ends at once on `docker stop`, where it was left to run for another ten ' +
      'seconds; the build needs the package archive. An image that builds on this one gets the ENTRYPOINT, too.',
    touches: ['stages.*.RUN', 'stages.*.ENTRYPOINT'],
    // The CIS Docker Benchmark has no number for it.
    controls: [],
    references: [
      'https://github.com/krallin/tini',
      'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
      'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals',
    ],
  },
  run: (document, context) =>
    runningStages(document, context).flatMap((stage) => findingOf(document, stage, context) ?? []),
};
