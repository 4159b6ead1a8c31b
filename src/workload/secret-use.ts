import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { expandWord } from '../formats/dockerfile/expand.js';
import { assignments, joinPath, stageChain, stageScope, workdirAt } from '../formats/dockerfile/scope.js';
import {
  isReader,
  leftoverOf,
  mentions,
  mentionsOf,
  needsCredentials,
  sourceOf,
  type Declaration,
} from './build-secrets.js';
import type { DockerfileContext } from './context.js';
import { baseName } from './copied-files.js';
import { reachOf, whoReads, type CopiedSecret } from './copied-secrets.js';
import { imageBuild } from './dockerfile.js';
import { isRoot } from './model.js';
import { namesBuildSecret } from './secret-names.js';

/** The RUNs to which a build argument has to be given, or why it has to stay an argument. */
export type ArgumentUse = { readonly ok: true; readonly runs: readonly Instruction[] } | Unmoved;

/** Why a secret has to stay where it is. */
interface Unmoved {
  readonly ok: false;
  readonly reason: string;
}

const no = (reason: string): Unmoved => ({ ok: false, reason });

/** Windows containers have no secret mounts: https://docs.docker.com/build/buildkit/#buildkit-on-windows */
const ON_WINDOWS = no('Windows containers have no secret mounts');

/**
 * Finds out who uses a build argument: the RUNs that name it, and those whose program reads a file that names it
 * (`_authToken=${NPM_TOKEN}`), which fails where the variable isn't set.
 */
export function argumentUse(
  document: DockerfileDocument,
  context: DockerfileContext,
  name: string,
  { stage, instruction }: Declaration,
  secrets: readonly CopiedSecret[],
): ArgumentUse {
  const words = instruction.words.filter(({ text }) => text.replace(/=.*$/s, '') !== name);
  if (words.some(({ text }) => namesBuildSecret(text.replace(/=.*$/s, ''))))
    return no('its ARG declares another secret too: give each an instruction of its own');
  if (assignments(instruction).some(([other, value]) => other === name && !/^(?:|""|'')$/.test(value)))
    return no('its default value would be lost');
  if (imageBuild(document, stage, context).family === 'windows') return ON_WINDOWS;
  const obstacle = otherUse(document, stage, instruction, name);
  if (obstacle !== undefined) return no(obstacle);
  const { runCommands } = imageBuild(document, stage, context);
  const runs = runsAfter(stage, instruction);
  const naming = secrets.filter(
    (secret) => secret.stage === stage && secret.reading?.references.includes(name) === true,
  );
  const isLiteral = runs.some((run) => mentionsOf(sourceOf(document, run), name).literal);
  const isUser = (run: Instruction): boolean =>
    mentions(document, run, name) ||
    runCommands.some(
      (command) =>
        command.instruction === run &&
        ((isLiteral && isReader(command)) ||
          naming.some(({ kind }) => kind.readers !== undefined && isReader(command, kind.readers))),
    );
  const users = runs.filter(isUser);
  if (users.length === 0) {
    return no(
      naming.length > 0
        ? `${naming[0]!.path} names it, and no RUN is known to read that file`
        : 'nothing here names it: give it to the RUN whose program reads it from the environment, or remove the ARG',
    );
  }
  const id = name.toLowerCase();
  const mounted = users.find((run) =>
    run.flags.some(({ name: flag, value = '' }) => flag === 'mount' && value.toLowerCase().includes(id)),
  );
  if (mounted !== undefined)
    return no(`line ${document.lines.lineOf(mounted.start)} has a secret mount for it: remove the ARG`);
  for (const run of users) {
    if (!mentionsOf(sourceOf(document, run), name).expanded) continue;
    const commands = runCommands.filter((command) => command.instruction === run);
    const left = leftoverOf(document, commands, name);
    if (left === undefined) continue;
    const folder = workdirAt(document, stage, run);
    const path = left.startsWith('/') ? left : folder === undefined ? undefined : joinPath(folder, left);
    const reach = reachOf(document, context, stage, path);
    if (reach.kind !== 'cache')
      return no(`line ${document.lines.lineOf(run.start)} leaves the value in ${left}: ${whoReads(reach)}`);
  }
  return { ok: true, runs: users };
}

/** The RUNs of a stage behind an instruction of it. */
function runsAfter(stage: Stage, { index }: Instruction): readonly Instruction[] {
  return stage.instructions.filter((other) => other.keyword === 'RUN' && other.index > index);
}

/** Why an argument can't become a secret: something else than a RUN needs its value, or a stage on top of this one. */
function otherUse(
  document: DockerfileDocument,
  stage: Stage,
  declaration: Instruction,
  name: string,
): string | undefined {
  const inherits = (other: Stage): boolean =>
    other !== stage &&
    stageChain(other).includes(stage) &&
    !other.instructions.some(
      ({ keyword, words }) =>
        keyword === 'ARG' && words.some(({ text }) => text.replace(/=.*$/s, '') === name),
    );
  for (const candidate of document.instructions) {
    const owner = document.stages[candidate.stage];
    if (owner === undefined || !mentions(document, candidate, name)) continue;
    const line = document.lines.lineOf(candidate.start);
    if (inherits(owner)) return `line ${line} uses it in a stage that is built on this one`;
    if (owner !== stage || candidate.index <= declaration.index) continue;
    if (candidate.keyword === 'ENV')
      return `line ${line} puts it into the environment of the image: whoever pulls that can read it, so give it to the container when it runs`;
    if (!/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK|FROM)$/.test(candidate.keyword))
      return `line ${line} uses it in ${candidate.keyword}, which takes no secrets`;
  }
  return undefined;
}

/** The RUNs of a stage that ask a registry with the credentials of a file that is copied. */
export function readersOf(
  document: DockerfileDocument,
  context: DockerfileContext,
  { stage, instruction, kind }: CopiedSecret,
): readonly Instruction[] {
  const { readers } = kind;
  if (readers === undefined) return [];
  const { runCommands } = imageBuild(document, stage, context);
  return runsAfter(stage, instruction).filter((run) =>
    runCommands.some((command) => command.instruction === run && needsCredentials(command, readers)),
  );
}

/** Why a file that is copied can't be mounted in its place; undefined when nothing is known to be against it. */
export function fileObstacle(
  document: DockerfileDocument,
  context: DockerfileContext,
  { stage, instruction, path, named, reading, destination }: CopiedSecret,
  others: readonly CopiedSecret[],
): string | undefined {
  const [service] = context.usedBy;
  if (service !== undefined) return `the service ${service.service} builds it, and must pass the secret too`;
  if (reading === undefined) return 'it is not in the repository: whoever makes it knows what it holds';
  if (imageBuild(document, stage, context).family === 'windows') return ON_WINDOWS.reason;
  if (instruction.keyword !== 'COPY') return 'it is copied by ADD';
  if (instruction.json !== undefined || named === undefined) return 'the COPY is in JSON form';
  if (destination === undefined) return 'where it is copied to is not known';
  if (others.some((other) => other.instruction === instruction && other.named !== named))
    return 'the COPY brings another file with a secret too';
  const name = baseName(path);
  const other = document.instructions.find(
    (candidate) =>
      candidate !== instruction &&
      (candidate.stage === stage.index || candidate.flags.some((flag) => flag.name === 'from')) &&
      sourceOf(document, candidate).includes(name),
  );
  if (other !== undefined) {
    const line = document.lines.lineOf(other.start);
    return `line ${line} names ${name} too: a mounted file can't be removed or changed`;
  }
  const heir = document.stages.find((one) => one !== stage && stageChain(one).includes(stage));
  return heir && `stage ${heir.name ?? heir.index} is built on this one and may read it`;
}

/** True when a RUN is known to run as root, whose file a secret is, with mode 0400. */
export function runsAsRoot(
  document: DockerfileDocument,
  context: DockerfileContext,
  stage: Stage,
  run: Instruction,
): boolean {
  const { instructions, lookupAt } = stageScope(document, stage);
  const user = instructions.findLast(({ keyword, index }) => keyword === 'USER' && index < run.index);
  if (user === undefined) {
    const { baseUser } = imageBuild(document, stage, context);
    return baseUser.certainty === 'known' && baseUser.value.root;
  }
  const value = expandWord(user.argumentText, lookupAt(user), document.escape);
  return value !== undefined && isRoot(value);
}
