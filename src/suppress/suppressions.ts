import type { SourceDocument } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { blocksOf } from './blocks/blocks.js';
import { commentsOf } from './comments.js';
import { composeLintSuppressions } from './compose-lint.js';
import { composelintSuppressions } from './composelint.js';
import { dclintSuppressions } from './dclint.js';
import { hadolintSuppressions } from './hadolint.js';
import { ownSuppressions } from './own.js';
import type { Suppression, Suppressions } from './types.js';

/** Most files have no such comment, and cost no more than this. */
const MENTIONED = /harden-ignore|hadolint|dclint|compose-?lint/;

const NONE: Suppressions = { found: [], problems: [] };

/**
 * Which comments of a file suppress which findings.
 * @param ids of all transforms.
 */
export function suppressionsOf(document: SourceDocument, ids: readonly string[]): Suppressions {
  if (!MENTIONED.test(document.text)) return NONE;
  const comments = commentsOf(document);
  const blocks = blocksOf(document);
  const { found, problems } = ownSuppressions(document, comments, blocks, ids);
  const others = ((): readonly Suppression[] => {
    if (document.format === 'dockerfile')
      return hadolintSuppressions(document as DockerfileDocument, comments, blocks);
    if (document.format !== 'compose') return [];
    return [dclintSuppressions, composelintSuppressions, composeLintSuppressions].flatMap((read) =>
      read(document, comments, blocks),
    );
  })();
  return { found: [...found, ...others].sort((a, b) => a.line - b.line), problems };
}
