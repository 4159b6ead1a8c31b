import { cite, citeSource } from '../../src/core/evidence.js';
import type { Evidence, Finding, ManualFinding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { ignoreFileOf } from '../../src/workload/build-context.js';
import {
  literalSecrets,
  secretsInCommands,
  secretsInHeredoc,
  type CommandSecret,
} from '../../src/workload/built-in-secrets.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { copiedSecrets, reachOf, whoReads, type CopiedSecret } from '../../src/workload/copied-secrets.js';

const SECRETS = 'https://docs.docker.com/build/building/secrets/';
const LINTED = 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/';
const IGNORE = 'https://docs.docker.com/build/concepts/context/#dockerignore-files';
const MOUNT = 'https://docs.docker.com/reference/dockerfile/#run---mounttypesecret';

interface Report {
  readonly message: string;
  readonly reason: string;
  readonly suggestion: string;
  readonly evidence: readonly Evidence[];
}

function finding({ start, end, stage }: Instruction, report: Report): ManualFinding {
  const subject = stage === -1 ? ['global'] : ['stages', String(stage)];
  return { ...report, subject, range: { start, end }, safety: 'manual' };
}

/** What stands in the instruction itself: values of ENV, ARG and LABEL, commands of a RUN, files written here. */
function inInstruction(
  document: DockerfileDocument,
  context: DockerfileContext,
  stage: Stage | undefined,
  instruction: Instruction,
): Finding[] {
  const found = instruction.keyword === 'RUN' ? secretsInCommands(document, instruction) : [];
  const reports = [
    ...inVariables(document, instruction),
    ...found.map((secret) => inRun(document, secret)),
    ...(found.length > 0 ? [] : secretsInHeredoc(document, instruction)).map((what) => ({
      message: `${what} is written here`,
      reason: 'what was committed has to be replaced by a new value, which stays out of the image',
      suggestion: 'a secret mount for what the build needs, a mounted file for what the container needs',
      evidence: [cite(document, instruction.start), citeSource(SECRETS, 'secret mounts')],
    })),
  ];
  if (reports.length === 0) return [];
  const reach = stage === undefined ? undefined : reachOf(document, context, stage, undefined);
  const who =
    reach?.kind === 'image'
      ? 'whoever reads this file or pulls the image can read it'
      : `whoever reads this file can read it${reach === undefined ? '' : `; ${whoReads(reach)}`}`;
  return reports.map((report) => finding(instruction, { ...report, message: `${report.message}: ${who}` }));
}

function inVariables(document: DockerfileDocument, instruction: Instruction): readonly Report[] {
  const literals = literalSecrets(instruction);
  if (literals.length === 0) return [];
  const names = literals.map(({ name }) => name);
  const { keyword } = instruction;
  return [
    {
      message: `the ${names.length === 1 ? 'value of' : 'values of'} ${names.join(', ')} ${names.length === 1 ? 'stands' : 'stand'} in ${keyword}`,
      reason: 'what was committed has to be replaced by a new value, which is given where it is needed',
      suggestion:
        keyword === 'ARG'
          ? names.map(mounted).join(' ')
          : keyword === 'ENV'
            ? `no value here, but where the container is started: docker run --env-file, or in Compose environment: [${names.join(', ')}]`
            : 'leave the label out',
      evidence: [
        ...literals.map(({ offset }) => cite(document, offset)),
        citeSource(LINTED, 'ARG and ENV persist in the image or its metadata'),
      ],
    },
  ];
}

function inRun(document: DockerfileDocument, { what, mask, offset }: CommandSecret): Report {
  const { text, ...place } = cite(document, offset);
  return {
    message: `${what} in a RUN`,
    reason: 'what was committed has to be replaced by a new value, which the RUN gets as a secret',
    suggestion: `${mounted('TOKEN')}, and $TOKEN in the place of the value`,
    evidence: [{ ...place, text: mask(text) }, citeSource(MOUNT, 'a secret mount is in no layer')],
  };
}

function mounted(name: string): string {
  return `RUN --mount=type=secret,id=${name.toLowerCase()},env=${name}`;
}

/** Files with secrets that come with a folder, and those that no tool of the build reads: the container would. */
function copied(document: DockerfileDocument, context: DockerfileContext): Finding[] {
  const found = copiedSecrets(document, context).filter(
    ({ kind, named, reading }) =>
      (reading === undefined || reading.keys.length > 0) &&
      (named === undefined || kind.readers === undefined),
  );
  const instructions = [...new Set(found.map(({ instruction }) => instruction))];
  return instructions.map((instruction) =>
    copiedBy(
      document,
      context,
      found.filter((secret) => secret.instruction === instruction),
    ),
  );
}

function copiedBy(
  document: DockerfileDocument,
  context: DockerfileContext,
  secrets: readonly CopiedSecret[],
): Finding {
  const { stage, instruction } = secrets[0]!;
  const ignoreFile = ignoreFileOf(document.path, context);
  const reaches = secrets.map(({ destination }) => reachOf(document, context, stage, destination));
  const reach = reaches.find(({ kind }) => kind !== 'cache') ?? reaches[0]!;
  const listed = secrets.map(({ path, kind, reading }) => {
    const keys = reading?.keys ?? [];
    const some =
      keys.length > 3 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ');
    return reading === undefined
      ? `${path} (${kind.title}, made for the build)`
      : `${path} (${kind.title}, with ${some})`;
  });
  const isNamed = secrets.every(({ named }) => named !== undefined);
  const place = ignoreFile?.path ?? '.dockerignore';
  const lines = secrets.map(({ path }) => inContext(path, context)).join(', ');
  return finding(instruction, {
    message: `${instruction.keyword} brings ${listed.join(', ')}: ${whoReads(reach)}`,
    reason: isNamed
      ? 'whether the build or the container needs it is not known'
      : 'whether the container reads it there is not known',
    suggestion: isNamed
      ? 'leave the copy out; mount the file where it is read: as a Compose secret or a read-only volume in the container, by RUN --mount=type=secret in the build'
      : `in ${place}: ${lines}`,
    evidence: [
      cite(document, instruction.start),
      ...(ignoreFile === undefined || isNamed
        ? []
        : [{ file: ignoreFile.path, line: 1, text: 'does not keep it out of the build context' }]),
      ...(reach.kind === 'copied' ? [reach.evidence] : []),
      citeSource(isNamed ? SECRETS : IGNORE, isNamed ? 'secret mounts' : 'what the build context leaves out'),
    ],
  });
}

function inContext(path: string, { buildContext }: DockerfileContext): string {
  return buildContext === '.' ? path : path.slice(buildContext.length + 1);
}

export const reportSecrets: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/report-secrets',
    title: 'Keep secrets out of the image',
    description:
      'A secret in ENV, ARG, a RUN or a copied file is known to all who can read the repository or pull the image: its layers keep what a later instruction removes, and its configuration every ENV. What stands in the file is reported, never printed; so are files with secrets that a COPY brings, by the name or with the folder around them, where the ignore file of the build does not keep them out. In a stage that is no part of the image they stay in the build cache. It is reported, not changed: a value that was committed has to be replaced, and only its owner knows who reads it.',
    severity: 'high',
    phase: 2,
    mayBreak: 'A program that finds its secret in the image has to get it when it starts.',
    touches: [],
    controls: ['CIS-Docker-4.10'],
    references: [SECRETS, LINTED, IGNORE],
  },
  run: (document, context) => [
    ...document.instructions.flatMap((instruction) =>
      inInstruction(document, context, document.stages[instruction.stage], instruction),
    ),
    ...copied(document, context),
  ],
};
