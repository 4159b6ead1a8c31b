import type { DockerfileDocument, Stage } from '../../formats/dockerfile/document.js';
import { stageChain } from '../../formats/dockerfile/scope.js';
import { stageNamed } from '../../workload/copied-files.js';

/** A stage, those that it is built on, and those from which files are copied. */
export function stagesOf(
  document: DockerfileDocument,
  stage: Stage,
  found = new Set<Stage>(),
): ReadonlySet<Stage> {
  for (const link of stageChain(stage)) {
    if (found.has(link)) continue;
    found.add(link);
    for (const { flags } of link.instructions) {
      for (const { name, value = '' } of flags) {
        const from = name === 'from' ? value : /(?:^|,)from=([^,]+)/.exec(value)?.[1];
        const source = from === undefined ? undefined : stageNamed(document, from);
        if (source !== undefined) stagesOf(document, source, found);
      }
    }
  }
  return found;
}
