import { combine, edits, lineEnding, refused, type Edits } from '../core/text.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { addMount } from '../formats/dockerfile/edit.js';
import { stageScope } from '../formats/dockerfile/scope.js';
import type { DockerfileContext } from './context.js';
import { runsAsRoot } from './secret-use.js';

/** The first Dockerfile frontend with `env=`: https://docs.docker.com/reference/dockerfile/#run---mounttypesecret */
const FIRST_WITH_ENV = [1, 10] as const;

/**
 * True where a `# syntax=` line names a frontend that gives secrets as variables itself. Without such a line the
 * engine's own frontend decides, and that of Docker before 27.3 doesn't.
 */
export function frontendHasEnv(document: DockerfileDocument): boolean {
  const syntax = document.directives.find(({ name }) => name === 'syntax')?.value ?? '';
  const [, major, minor] =
    /(?:^|\/)docker(?:-upstream)?\/?dockerfile[\w-]*:(\d+)(?:\.(\d+))?/.exec(syntax) ?? [];
  if (major === undefined) return /(?:^|\/)docker\/dockerfile(?::latest)?$/.test(syntax);
  if (Number(major) !== FIRST_WITH_ENV[0]) return Number(major) > FIRST_WITH_ENV[0];
  return minor === undefined || Number(minor) >= FIRST_WITH_ENV[1];
}

/** The mount by which a RUN gets a secret as a variable, and the words that make the variable where the mount doesn't. */
export interface SecretVariable {
  readonly mount: string;
  readonly assignment: string | undefined;
}

export function secretVariable(
  document: DockerfileDocument,
  context: DockerfileContext,
  stage: Stage,
  run: Instruction,
  name: string,
): SecretVariable {
  const id = name.toLowerCase();
  if (frontendHasEnv(document)) return { mount: `type=secret,id=${id},env=${name}`, assignment: undefined };
  const mode = runsAsRoot(document, context, stage, run) ? '' : ',mode=0444';
  return { mount: `type=secret,id=${id}${mode}`, assignment: `export ${name}="$(cat /run/secrets/${id})"` };
}

/** Gives a secret to a RUN as a variable, which is empty where the builder doesn't pass the secret. */
export function giveVariable(
  document: DockerfileDocument,
  stage: Stage,
  run: Instruction,
  { mount, assignment }: SecretVariable,
): Edits {
  const mounted = addMount(document, run, mount);
  return assignment === undefined ? mounted : combine(mounted, assign(document, stage, run, assignment));
}

function assign(document: DockerfileDocument, stage: Stage, run: Instruction, assignment: string): Edits {
  if (run.json !== undefined)
    return refused('a RUN that uses it is in JSON form, where no shell reads the secret');
  const shell = stageScope(document, stage).shell?.json?.[0];
  if (shell !== undefined && !/(?:^|\/)(?:ba|da|a)?sh$/.test(shell))
    return refused(`${shell} runs the RUN that uses it, not a shell of POSIX`);
  const [heredoc, ...others] = run.heredocs;
  if (heredoc === undefined) {
    const at = run.argumentRange.start;
    return edits({ start: at, end: at, text: `${assignment} && ` });
  }
  const { start, end } = heredoc.body;
  if (others.length > 0 || !/^<<-?\s*["']?\w+["']?$/.test(run.argumentText.trim()))
    return refused('the RUN that uses it is more than one heredoc');
  if (document.text.slice(start, end).startsWith('#!'))
    return refused('the heredoc that uses it is for a program of its own');
  return edits({ start, end: start, text: assignment + lineEnding(document.text) });
}
