import { cite } from '../core/evidence.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { expandWord } from '../formats/dockerfile/expand.js';
import type { ImageBuild } from './dockerfile.js';
import { isRoot, known, unknown, type Need, type ProcessUser } from './model.js';

/** The USER in force where an instruction of the chain stands; undefined for the base image's. */
export function userInstructionAt(build: ImageBuild, instruction: Instruction): Instruction | undefined {
  return build.scope.instructions.findLast(
    ({ keyword, index }) => keyword === 'USER' && index < instruction.index,
  );
}

/** The user that an instruction of the chain runs as. */
export function userAt(
  document: DockerfileDocument,
  build: ImageBuild,
  instruction: Instruction,
): Need<ProcessUser> {
  const user = userInstructionAt(build, instruction);
  if (user === undefined) return build.baseUser;
  const evidence = cite(document, user.start);
  const name = expandWord(user.argumentText, build.scope.lookupAt(user), document.escape);
  return name === undefined
    ? unknown({ name: user.argumentText, root: false }, evidence)
    : known({ name, root: isRoot(name) }, evidence);
}
