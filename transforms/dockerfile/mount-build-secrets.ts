import { cite, citeSource } from '../../src/core/evidence.js';
import { combine, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { addMount, removeInstruction, removeWord } from '../../src/formats/dockerfile/edit.js';
import { expandWord } from '../../src/formats/dockerfile/expand.js';
import { stageChain, stageScope } from '../../src/formats/dockerfile/scope.js';
import {
  argumentUse,
  declaredArguments,
  frontendWithoutEnv,
  needsCredentials,
  passesArgument,
  runsAfter,
  sourceOf,
  type Declaration,
} from '../../src/workload/build-secrets.js';
import { literalSecrets } from '../../src/workload/built-in-secrets.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { baseName } from '../../src/workload/copied-files.js';
import { copiedSecrets, reachOf, whoReads, type CopiedSecret } from '../../src/workload/copied-secrets.js';
import { imageBuild } from '../../src/workload/dockerfile.js';
import { isRoot } from '../../src/workload/model.js';
import { namesBuildSecret } from '../../src/workload/secret-names.js';

const MOUNT = 'https://docs.docker.com/reference/dockerfile/#run---mounttypesecret';
const SECRETS = 'https://docs.docker.com/build/building/secrets/';
const COMPOSE = 'https://docs.docker.com/reference/compose-file/build/#secrets';
const LINTED = 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/';

/** The change of a stage, or why there is none. */
type Answer =
  | { readonly ok: true; readonly edits: Edits & { ok: true } }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): Answer => ({ ok: false, reason });

function answer(...parts: readonly Edits[]): Answer {
  const edits = combine(...parts);
  return edits.ok ? { ok: true, edits } : edits;
}

/** Windows containers have no secret mounts: https://docs.docker.com/build/buildkit/#buildkit-on-windows */
function isWindows(document: DockerfileDocument, stage: Stage, context: DockerfileContext): boolean {
  return imageBuild(document, stage, context).family === 'windows';
}

/** What the builder must be told, where the repository's files build the image too. */
function tell(id: string, client: string, compose: string): string {
  return `docker build --secret id=${id},${client}; in Compose build.secrets: [${id}], and at the top level secrets: { ${id}: { ${compose} } }`;
}

// ---- Build arguments ----

function argumentFindings(document: DockerfileDocument, context: DockerfileContext): Finding[] {
  const secrets = copiedSecrets(document, context);
  return [...declaredArguments(document)]
    .filter(
      ([name, declarations]) =>
        /^\w+$/.test(name) && namesBuildSecret(name) && !declarations.some((one) => isLiteral(one, name)),
    )
    .flatMap(([name, declarations]) => forArgument(document, context, name, declarations, secrets));
}

/** A value that stands in the file has to be replaced first: `dockerfile/report-secrets` says so. */
function isLiteral({ instruction }: Declaration, name: string): boolean {
  return literalSecrets(instruction).some((literal) => literal.name === name);
}

function forArgument(
  document: DockerfileDocument,
  context: DockerfileContext,
  name: string,
  declarations: readonly Declaration[],
  secrets: readonly CopiedSecret[],
): Finding[] {
  const id = name.toLowerCase();
  const mount = `type=secret,id=${id},env=${name}`;
  const passed = passesArgument(document, context, name);
  const answers = declarations.map((declaration) =>
    passed.length > 0
      ? no(`its value is passed as a build argument: ${places(passed)} must pass the secret from then on`)
      : moveArgument(document, context, name, declaration, mount, secrets),
  );
  // The builder passes it as the one or the other: one stage that can't change keeps all of them.
  const obstacle = answers.find((one) => !one.ok);
  const first = declarations[0]!;
  return declarations.flatMap(({ stage, instruction, evidence }, at): Finding[] => {
    const word = instruction.words.find(({ text }) => text.replace(/=.*$/s, '') === name) ?? instruction;
    const base = {
      subject: ['stages', String(stage.index)],
      range: { start: word.start, end: word.end },
      message: `the build argument ${name} is a secret, and a build keeps its arguments: ${kept(document, context, stage)}`,
      evidence: [evidence, citeSource(LINTED, 'ARG and ENV persist in the image or its metadata')],
    };
    const one = answers[at]!;
    if (obstacle === undefined && one.ok) {
      const told = `--secret id=${id},env=${name}`;
      return [
        {
          ...base,
          evidence: [...base.evidence, citeSource(MOUNT, 'env= since Dockerfile 1.10')],
          safety: 'unsafe',
          change: `RUN --mount=${mount} instead of the ARG; build with ${told}`,
          edits: one.edits.edits,
        },
      ];
    }
    if (instruction !== first.instruction && obstacle !== undefined && obstacle !== one) return [];
    return [
      {
        ...base,
        evidence: [...base.evidence, ...passed],
        safety: 'manual',
        reason: one.ok ? (obstacle?.ok === false ? obstacle.reason : '') : one.reason,
        suggestion: `RUN --mount=${mount} instead of the ARG; ${tell(id, `env=${name}`, `environment: ${name}`)}`,
      },
    ];
  });
}

function kept(document: DockerfileDocument, context: DockerfileContext, stage: Stage): string {
  const reach = reachOf(document, context, stage, undefined);
  return reach.kind === 'cache'
    ? `the build cache and the provenance have it; stage ${reach.stage} is no part of the image`
    : "the image's history shows it to whoever pulls it";
}

function places(evidence: readonly Evidence[]): string {
  const named = evidence.map((item) => ('file' in item ? `${item.file}:${item.line}` : item.source));
  return [...new Set(named)].slice(0, 3).join(', ');
}

/** Gives an argument's value to the RUNs that use it, and to no other, as a secret. */
function moveArgument(
  document: DockerfileDocument,
  context: DockerfileContext,
  name: string,
  { stage, instruction, evidence }: Declaration,
  mount: string,
  secrets: readonly CopiedSecret[],
): Answer {
  const word = instruction.words.find(({ text }) => text.replace(/=.*$/s, '') === name)!;
  const fallback = /=(.*)$/s.exec(word.text)?.[1]?.replace(/^(["'])(.*)\1$/s, '$2') ?? '';
  if (fallback !== '') return no('its default value would be lost');
  if (isWindows(document, stage, context)) return no('Windows containers have no secret mounts');
  const pinned = frontendWithoutEnv(document);
  if (pinned !== undefined)
    return no(`# syntax=${pinned} has no env= for a secret mount; Dockerfile 1.10 is the first that has`);
  const use = argumentUse(document, context, name, { stage, instruction, evidence }, secrets);
  if (!use.ok) return use;
  const removal =
    instruction.words.length > 1
      ? removeWord(document, instruction, word)
      : removeInstruction(document, instruction);
  return answer(removal, ...use.runs.map((run) => addMount(document, run, mount)));
}

// ---- Copied files ----

function fileFindings(document: DockerfileDocument, context: DockerfileContext): Finding[] {
  return copiedSecrets(document, context)
    .filter(({ kind, named }) => named !== undefined && kind.readers !== undefined)
    .flatMap((secret) => {
      // One that only names a variable is no secret: what gives the variable its value is.
      if (secret.reading !== undefined && secret.reading.keys.length === 0) return [];
      return [forFile(document, context, secret)];
    });
}

function forFile(document: DockerfileDocument, context: DockerfileContext, secret: CopiedSecret): Finding {
  const { stage, instruction, path, kind, reading, destination } = secret;
  const name = baseName(path);
  const id = name
    .replace(/^[._]+/, '')
    .replace(/\W+/g, '_')
    .toLowerCase();
  const relative = context.buildContext === '.' ? path : path.slice(context.buildContext.length + 1);
  const what =
    reading === undefined
      ? `${relative} is ${kind.title}, made for the build, and likely holds a secret`
      : `${relative} is ${kind.title} and holds a secret (${reading.keys.join(', ')})`;
  const base = {
    subject: ['stages', String(stage.index)],
    range: { start: instruction.start, end: instruction.end },
    message: `${what}; copied, ${whoReads(reachOf(document, context, stage, destination))}`,
    evidence: [
      cite(document, instruction.start),
      citeSource(kind.source, kind.title),
      citeSource(MOUNT, 'target='),
    ],
  };
  const mount = (run: Instruction): string =>
    `type=secret,id=${id},target=${destination ?? `/path/of/${name}`},required=true${readable(document, stage, run, context)}`;
  const runs = runsAfter(stage, instruction).filter((run) =>
    imageBuild(document, stage, context).runCommands.some(
      (command) =>
        command.instruction === run && kind.readers !== undefined && needsCredentials(command, kind.readers),
    ),
  );
  const decided = moveFile(document, context, secret, runs, mount);
  const shown = `RUN --mount=${mount(runs[0] ?? instruction)}`;
  if (decided.ok) {
    const change = `${shown} instead of the copy; build with --secret id=${id},src=${path}`;
    return { ...base, safety: 'unsafe', change, edits: decided.edits.edits };
  }
  const suggestion = `${shown} instead of the copy; ${tell(id, `src=${path}`, `file: ${relative}`)}`;
  return { ...base, safety: 'manual', reason: decided.reason, suggestion };
}

/** A secret's file is root's, with mode 0400: another user needs more. */
function readable(
  document: DockerfileDocument,
  stage: Stage,
  run: Instruction,
  context: DockerfileContext,
): string {
  const { instructions, lookupAt } = stageScope(document, stage);
  const user = instructions.findLast(({ keyword, index }) => keyword === 'USER' && index < run.index);
  if (user === undefined) {
    const { baseUser } = imageBuild(document, stage, context);
    return baseUser.certainty === 'known' && baseUser.value.root ? '' : ',mode=0444';
  }
  const value = expandWord(user.argumentText, lookupAt(user), document.escape);
  return value !== undefined && isRoot(value) ? '' : ',mode=0444';
}

function moveFile(
  document: DockerfileDocument,
  context: DockerfileContext,
  { stage, instruction, path, named, reading, destination }: CopiedSecret,
  runs: readonly Instruction[],
  mount: (run: Instruction) => string,
): Answer {
  const [service] = context.usedBy;
  if (service !== undefined)
    return no(`${places([service.evidence])} builds it, and must pass the secret too`);
  if (reading === undefined) return no('it is not in the repository: whoever makes it knows what it holds');
  if (isWindows(document, stage, context)) return no('Windows containers have no secret mounts');
  if (instruction.keyword !== 'COPY') return no('it is copied by ADD');
  if (instruction.json !== undefined || named === undefined) return no('the COPY is in JSON form');
  if (destination === undefined) return no('where it is copied to is not known');
  if (runs.length === 0) return no('no RUN behind it is known to read it');
  const name = baseName(path);
  const other = document.instructions.find(
    (candidate) =>
      candidate !== instruction &&
      candidate.index > instruction.index &&
      sourceOf(document, candidate).includes(name),
  );
  if (other !== undefined)
    return no(
      `line ${document.lines.lineOf(other.start)} names ${name} too: a mounted file can't be removed or changed`,
    );
  const heir = document.stages.find((stage_) => stage_ !== stage && stageChain(stage_).includes(stage));
  if (heir !== undefined) return no(`stage ${heir.name ?? heir.index} is built on this one and may read it`);
  const word = instruction.words[named]!;
  const removal =
    instruction.words.length > 2
      ? removeWord(document, instruction, word)
      : removeInstruction(document, instruction);
  return answer(removal, ...runs.map((run) => addMount(document, run, mount(run))));
}

export const mountBuildSecrets: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/mount-build-secrets',
    title: 'Give secrets to a build by secret mounts',
    description:
      'What a build takes by ARG stands in the history of the image and in its provenance; a file that is copied stays in its layer, also when a later RUN removes it. A secret mount is there for one RUN and in no layer. The RUNs that use a build argument get it as a variable of the same name, those that read a copied configuration get the file in the same place; the ARG or the copy goes. The builder then has to pass the secret: where a Compose file or another file of the repository passes the argument today, the change is not made but shown, with what to pass instead.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'The build command changes: without --secret a variable is empty and a required file ends the build. It needs BuildKit, for variables with Dockerfile 1.10 or later (# syntax=docker/dockerfile:1 brings it). A secret that was ever built in has to be replaced by a new one.',
    touches: ['stages.*.ARG', 'stages.*.RUN', 'stages.*.COPY'],
    controls: ['CIS-Docker-4.10'],
    references: [SECRETS, MOUNT, COMPOSE, LINTED],
  },
  run: (document, context) => [...argumentFindings(document, context), ...fileFindings(document, context)],
};
