import { cite, citeSource } from '../../src/core/evidence.js';
import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import { addMount, removeInstruction, removeWord } from '../../src/formats/dockerfile/edit.js';
import { declaredArguments, passesArgument, type Declaration } from '../../src/workload/build-secrets.js';
import { literalSecrets } from '../../src/workload/built-in-secrets.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { baseName } from '../../src/workload/copied-files.js';
import { copiedSecrets, reachOf, whoReads, type CopiedSecret } from '../../src/workload/copied-secrets.js';
import { namesBuildSecret } from '../../src/workload/secret-names.js';
import { giveVariable, secretVariable } from '../../src/workload/secret-variable.js';
import { argumentUse, fileObstacle, readersOf, runsAsRoot } from '../../src/workload/secret-use.js';

const MOUNT = 'https://docs.docker.com/reference/dockerfile/#run---mounttypesecret';
const SECRETS = 'https://docs.docker.com/build/building/secrets/';
const COMPOSE = 'https://docs.docker.com/reference/compose-file/build/#secrets';
const LINTED = 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/';

/** What the builder must be told from then on. */
function tell(id: string, client: string, compose: string): string {
  return `docker build --secret id=${id},${client}; in Compose build.secrets: [${id}], and at the top level secrets: { ${id}: { ${compose} } }`;
}

/** Takes a word out of an instruction, or the instruction when nothing is left of it. */
function remove(document: DockerfileDocument, instruction: Instruction, at: number, least: number): Edits {
  return instruction.words.length > least
    ? removeWord(document, instruction, instruction.words[at]!)
    : removeInstruction(document, instruction);
}

/** The build arguments that are secrets; one whose value stands in the file has to be replaced first. */
function argumentFindings(
  document: DockerfileDocument,
  context: DockerfileContext,
  secrets: readonly CopiedSecret[],
): Finding[] {
  return [...declaredArguments(document)]
    .filter(([name]) => /^\w+$/.test(name) && namesBuildSecret(name))
    .filter(
      ([name, declarations]) =>
        !declarations.some(({ instruction }) =>
          literalSecrets(instruction).some((literal) => literal.name === name),
        ),
    )
    .flatMap(([name, declarations]) => forArgument(document, context, name, declarations, secrets));
}

function forArgument(
  document: DockerfileDocument,
  context: DockerfileContext,
  name: string,
  declarations: readonly Declaration[],
  secrets: readonly CopiedSecret[],
): Finding[] {
  const id = name.toLowerCase();
  const passed = passesArgument(document, context, name);
  const move = (declaration: Declaration): Edits => {
    const { stage, instruction } = declaration;
    if (passed.length > 0)
      return refused(
        `its value is passed as a build argument: ${places(passed)} must pass the secret from then on`,
      );
    if (declarations.some((other) => other !== declaration && other.stage === stage))
      return refused('the stage declares it twice');
    const use = argumentUse(document, context, name, declaration, secrets);
    if (!use.ok) return use;
    const at = instruction.words.findIndex(({ text }) => text.replace(/=.*$/s, '') === name);
    return combine(
      remove(document, instruction, at, 1),
      ...use.runs.map((run) =>
        giveVariable(document, stage, run, secretVariable(document, context, stage, run, name)),
      ),
    );
  };
  const shown = ({ stage, instruction }: Declaration): string => {
    const { mount, assignment } = secretVariable(document, context, stage, instruction, name);
    return [`--mount=${mount}`, ...(assignment === undefined ? [] : [assignment])].join(' ');
  };
  const moves = declarations.map((declaration) => ({ declaration, edits: move(declaration) }));
  const about = ({ stage, instruction, evidence }: Declaration) => ({
    subject: ['stages', String(stage.index)],
    range: { start: instruction.start, end: instruction.end },
    message: `the build argument ${name} is a secret, and a build keeps its arguments: ${kept(document, context, stage)}`,
    evidence: [evidence, citeSource(LINTED, 'ARG and ENV persist in the image or its metadata')],
  });
  // The builder passes it as the one or the other: a stage that can't change keeps all of them.
  for (const { declaration, edits } of moves) {
    if (edits.ok) continue;
    const base = about(declaration);
    return [
      {
        ...base,
        evidence: [...base.evidence, ...passed],
        safety: 'manual',
        reason: edits.reason,
        suggestion: `RUN ${shown(declaration)} instead of the ARG; ${tell(id, `env=${name}`, `environment: ${name}`)}`,
      },
    ];
  }
  return moves.flatMap(({ declaration, edits }): Finding[] => {
    if (!edits.ok) return [];
    const base = about(declaration);
    return [
      {
        ...base,
        evidence: [
          ...base.evidence,
          citeSource(MOUNT, 'env= since Dockerfile 1.10, a file in /run/secrets before'),
        ],
        safety: 'unsafe',
        change: `RUN ${shown(declaration)} instead of the ARG; build with --secret id=${id},env=${name}`,
        edits: edits.edits,
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

/** The configurations of build tools that are copied by name. One that only names a variable is no secret. */
function fileFindings(
  document: DockerfileDocument,
  context: DockerfileContext,
  secrets: readonly CopiedSecret[],
): Finding[] {
  const files = secrets.filter(
    ({ kind, named, reading }) =>
      named !== undefined && kind.readers !== undefined && (reading === undefined || reading.keys.length > 0),
  );
  return files.map((secret) => forFile(document, context, secret, files));
}

function forFile(
  document: DockerfileDocument,
  context: DockerfileContext,
  secret: CopiedSecret,
  others: readonly CopiedSecret[],
): Finding {
  const { stage, instruction, path, kind, reading, named, destination } = secret;
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
  const mount = (run: Instruction): string => {
    const mode = runsAsRoot(document, context, stage, run) ? '' : ',mode=0444';
    return `type=secret,id=${id},target=${destination ?? `/path/of/${name}`},required=true${mode}`;
  };
  const runs = readersOf(document, context, secret);
  const obstacle = fileObstacle(document, context, secret, others);
  const edits =
    obstacle !== undefined || runs.length === 0
      ? refused(obstacle ?? 'no RUN behind it is known to read it')
      : combine(
          remove(document, instruction, named ?? 0, 2),
          ...runs.map((run) => addMount(document, run, mount(run))),
        );
  const shown = `RUN --mount=${mount(runs[0] ?? instruction)} instead of the copy`;
  if (!edits.ok) {
    const suggestion = `${shown}; ${tell(id, `src=${path}`, `file: ${relative}`)}`;
    return { ...base, safety: 'manual', reason: edits.reason, suggestion };
  }
  const change = `${shown}; build with --secret id=${id},src=${path}`;
  return { ...base, safety: 'unsafe', change, edits: edits.edits };
}

export const mountBuildSecrets: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/mount-build-secrets',
    title: 'Give secrets to a build by secret mounts',
    description:
      'What a build takes by ARG stands in the history of the image and in its provenance; a file that is copied stays in its layer, also when a later RUN removes it. A secret mount is there for one RUN and in no layer. The RUNs that use a build argument get it as a variable of the same name (by env= where a # syntax line brings a frontend that has it, else from the file that is mounted), those that read a copied configuration get the file in the same place; the ARG or the copy goes. The builder then has to pass the secret: where a Compose file or another file of the repository passes the argument today, the change is not made but shown, with what to pass instead.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'The build command changes: without --secret a variable is empty and a required file ends the build. It needs BuildKit. A secret that was ever built in has to be replaced by a new one.',
    touches: ['stages.*.ARG', 'stages.*.RUN', 'stages.*.COPY'],
    controls: ['CIS-Docker-4.10'],
    references: [SECRETS, MOUNT, COMPOSE, LINTED],
  },
  run: (document, context) => {
    const secrets = copiedSecrets(document, context);
    return [...argumentFindings(document, context, secrets), ...fileFindings(document, context, secrets)];
  },
};
