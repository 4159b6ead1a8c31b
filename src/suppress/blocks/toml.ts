import type { Range } from '../../core/text.js';
import type { SemanticPath } from '../../core/types.js';
import { isBelow, rangeAt, type FlyDocument, type TomlPair } from '../../formats/toml/document.js';
import type { Block } from './block.js';

/** Each table with the tables below it that follow, each inline table, and each key with its value. */
export function tomlBlocks(document: FlyDocument): readonly Block[] {
  const { top, headers, inlines } = document;
  // What a file doesn't say at all is found at its first line.
  const first = rangeAt(document, []);
  const above = (path: SemanticPath): readonly Range[] => [
    first,
    ...headers.filter((header) => isBelow(path, header.path)).map(({ range }) => range),
  ];
  const ofPair = ({ path, range }: TomlPair): Block => ({ range, head: range, above: above(path) });
  const ofHeaders = headers.map(({ path, range }, at): Block => {
    const next = headers.findIndex((header, index) => index > at && !isBelow(header.path, path));
    const last = headers[next === -1 ? headers.length - 1 : next - 1]!;
    const end = last.pairs.at(-1)?.range.end ?? last.range.end;
    return { range: { start: range.start, end }, head: range, above: above(path) };
  });
  const all = [
    ...top.map(ofPair),
    ...ofHeaders,
    ...headers.flatMap(({ pairs }) => pairs.map(ofPair)),
    ...inlines.map(({ path, range }): Block => ({ range, head: range, above: above(path) })),
    ...inlines.flatMap(({ pairs }) => pairs.map(ofPair)),
  ];
  return all.sort((a, b) => a.range.start - b.range.start || b.range.end - a.range.end);
}
