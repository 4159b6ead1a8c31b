import type { Range } from '../core/text.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { stageNamed } from './copied-files.js';

/** A place of a Dockerfile that names an image which is pulled. */
export interface PulledImage {
  readonly stage: Stage;
  readonly instruction: Instruction;
  /** The image's name with the defaults of global ARGs put in. */
  readonly reference: string;
  /** As it is written there. */
  readonly written: string;
  readonly range: Range;
}

const FROM_IN_MOUNT = /(?:^|,)from=([^,]+)/;

/** Every image that the build pulls: what FROM names, and the images from which files are copied or mounted. */
export function pulledImages(document: DockerfileDocument): readonly PulledImage[] {
  return document.stages.flatMap((stage) => {
    const found: PulledImage[] = [];
    const [word] = stage.from.words;
    if (
      word !== undefined &&
      stage.parent === undefined &&
      stage.reference !== undefined &&
      stage.reference !== 'scratch'
    ) {
      found.push({
        stage,
        instruction: stage.from,
        reference: stage.reference,
        written: word.text,
        range: word,
      });
    }
    for (const instruction of stage.instructions) {
      for (const { name, value = '', text, start, end } of instruction.flags) {
        const image = name === 'from' ? value : name === 'mount' ? FROM_IN_MOUNT.exec(value)?.[1] : undefined;
        // BuildKit takes no variable here.
        if (image === undefined || /[$"']/.test(image) || image === 'scratch' || isStage(document, image))
          continue;
        const at = text.indexOf(`from=${image}`) + 'from='.length;
        const range = { start: start + at, end: start + at + image.length };
        // A continuation inside the flag.
        if (end - start !== text.length) continue;
        found.push({ stage, instruction, reference: image, written: image, range });
      }
    }
    return found;
  });
}

/** A name or a number of a stage; a number may also be that of one that comes later, which is an error. */
function isStage(document: DockerfileDocument, name: string): boolean {
  return /^\d+$/.test(name) || stageNamed(document, name) !== undefined;
}
