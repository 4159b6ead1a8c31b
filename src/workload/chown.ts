import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { joinPath, workdirAt } from '../formats/dockerfile/scope.js';
import type { ShellWord } from '../formats/shell.js';
import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { programName } from './startup.js';
import { withoutSudo } from './sudo-words.js';

/** `chown -R owner path` in a RUN. */
export interface RecursiveChown {
  readonly command: RunCommand;
  readonly instruction: Instruction;
  /** The option that makes it recursive. */
  readonly option: ShellWord;
  readonly owner: ShellWord;
  readonly path: string;
}

/** Every word of a command that names a path, made absolute; undefined where it isn't known. */
export function pathsOf(
  document: DockerfileDocument,
  build: ImageBuild,
  instruction: Instruction,
  words: readonly ShellWord[],
): readonly (string | undefined)[] {
  const stage = document.stages[instruction.stage] ?? build.stage;
  const workdir = workdirAt(document, stage, instruction);
  return words.map(({ value }) => {
    if (value === undefined || (!value.startsWith('/') && workdir === undefined)) return undefined;
    return joinPath(workdir ?? '/', value);
  });
}

/** True when a command that `cd` sends elsewhere may mean other relative paths. */
function changesDirectory(build: ImageBuild, command: RunCommand): boolean {
  return build.runCommands.some(
    ({ instruction, start, program }) =>
      instruction === command.instruction && start < command.start && /^(?:cd|pushd)$/.test(program ?? ''),
  );
}

/** The recursive changes of owner of one path each, in the order of the build. */
export function recursiveChowns(document: DockerfileDocument, build: ImageBuild): readonly RecursiveChown[] {
  return build.runCommands.flatMap((written) => {
    const command = withoutSudo(written);
    if (command.program === undefined || programName(command.program) !== 'chown') return [];
    const options = command.args.filter(({ text }) => text.startsWith('-'));
    const [owner, target, more] = command.args.filter(({ text }) => !text.startsWith('-'));
    const option = options.find(({ text }) => /^(?:-[vfch]*R[vfch]*|--recursive)$/.test(text));
    const others = options.filter(({ text }) => !/^-[vfch]+$/.test(text));
    if (option === undefined || others.length !== 1 || owner === undefined || target === undefined) return [];
    if (more !== undefined || command.redirected) return [];
    if (!target.text.startsWith('/') && changesDirectory(build, written)) return [];
    const [path] = pathsOf(document, build, command.instruction, [target]);
    return path === undefined || path === '/'
      ? []
      : [{ command: written, instruction: command.instruction, option, owner, path }];
  });
}
