import { checkTransform } from '../config/check.js';
import { isNamed } from '../core/select.js';
import type { SourceDocument } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { sourceOffset } from '../formats/dockerfile/lines.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import { blockFor } from './place.js';
import type { Suppression, SuppressionProblem, Suppressions } from './types.js';

/** `# harden-ignore: <id>[, <id>] -- reason` */
const OWN = /^[#;]+[ \t]*harden-ignore(?!\w)(.*)$/s;
const SYNTAX = 'write harden-ignore: <id> -- <reason>';

/**
 * What harden's own comments suppress.
 * @param ids of all transforms.
 */
export function ownSuppressions(
  document: SourceDocument,
  comments: readonly Comment[],
  blocks: readonly Block[],
  ids: readonly string[],
): Suppressions {
  const found: Suppression[] = [];
  const problems: SuppressionProblem[] = [...misplaced(document)];
  for (const comment of comments) {
    const rest = OWN.exec(comment.text)?.[1];
    if (rest === undefined) continue;
    const { line, text } = comment;
    const problem = (reason: string): void => {
      problems.push({ line, reason });
    };
    const [, listed = '', reason = ''] = /^[ \t]*:(.*?)(?:(?<![^\s:])--(?:\s+(.*))?)?$/s.exec(rest) ?? [];
    const words = listed.split(/[\s,]+/).filter((word) => word !== '');
    if (words.length === 0) {
      problem(`names no transform: ${SYNTAX}`);
      continue;
    }
    if (reason === '') {
      problem(`gives no reason: ${SYNTAX}`);
      continue;
    }
    const names = words.filter((word) => {
      const wrong = wrongName(word, document, ids);
      if (wrong !== undefined) problem(wrong);
      return wrong === undefined;
    });
    if (names.length === 0) continue;
    const block = blockFor(document, blocks, comment);
    if (block === undefined) {
      problem('is about nothing: it stands above what is meant, or behind it on the same line');
      continue;
    }
    const { range, above: heads } = block;
    found.push({ tool: 'harden', names, range, heads, line, text, reason });
  }
  return { found, problems: problems.sort((a, b) => a.line - b.line) };
}

function wrongName(word: string, { format }: SourceDocument, ids: readonly string[]): string | undefined {
  const checked = checkTransform(word, ids);
  if ('problem' in checked) return checked.problem;
  const own = ids.filter((id) => id.startsWith(`${format}/`));
  return own.some((id) => isNamed(id, word)) ? undefined : `names ${word}, which is not about this file`;
}

/**
 * Dockerfiles and units have no comments behind an instruction or an assignment: there it is a part of the command or of
 * the value. https://docs.docker.com/reference/dockerfile/#format,
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
 */
function misplaced(document: SourceDocument): readonly SuppressionProblem[] {
  const inText = /(?<=\s)[#;]+[ \t]*harden-ignore[ \t]*:/;
  const problem = (line: number): SuppressionProblem => ({
    line,
    reason: 'is no comment behind something: put it on a line of its own, above',
  });
  if (document.format === 'dockerfile') {
    return (document as DockerfileDocument).instructions.flatMap(({ line }) => {
      const at = line.text.search(inText);
      return at === -1 ? [] : [problem(document.lines.lineOf(sourceOffset(line, at)))];
    });
  }
  if (document.format !== 'systemd' && document.format !== 'quadlet') return [];
  const { sections } = document as UnitDocument;
  return sections.flatMap(({ entries }) =>
    entries.filter(({ value }) => inText.test(value)).map(({ line }) => problem(line)),
  );
}
