/** Reads and edits Dockerfiles. */
export type { Flag, Instruction, Stage, Word } from '../formats/dockerfile/document.js';
export {
  addFlag,
  insertAfter,
  insertAtStart,
  insertBefore,
  insertBeforeStart,
  removeInstruction,
  removeWord,
  replaceArguments,
  replaceKeyword,
} from '../formats/dockerfile/edit.js';
