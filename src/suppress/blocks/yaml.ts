import { isMap, isPair, isSeq, type Document, type Node } from 'yaml';
import type { Range } from '../../core/text.js';
import { contentEnd, type ComposeDocument } from '../../formats/compose/document.js';
import { fragmentsOf } from '../../formats/compose/fragments.js';
import type { BlueprintDocument } from '../../formats/render-yaml/document.js';
import type { Block } from './block.js';

/** Where findings about a mapping as a whole stand: a mapping that services share has one place for each. */
type Heads = ReadonlyMap<Node, readonly Range[]>;

export function composeBlocks(document: ComposeDocument): readonly Block[] {
  const heads = new Map<Node, Range[]>();
  const add = (map: Node, head: Range): void => {
    heads.set(map, [...(heads.get(map) ?? []), head]);
  };
  for (const { map, keyRange } of document.services) if (map !== undefined) add(map, keyRange);
  for (const { map, keyRange, users } of fragmentsOf(document)) {
    add(map, keyRange);
    for (const user of users) add(map, user.keyRange);
  }
  return document.yamls.flatMap((yaml) => blocksIn(yaml, heads));
}

export function blueprintBlocks({ yaml, resources, environments }: BlueprintDocument): readonly Block[] {
  return blocksIn(yaml, new Map([...environments, ...resources].map(({ map, range }) => [map, [range]])));
}

/** Each key with its value, and each item of a list, the outer ones first. */
function blocksIn(yaml: Document, heads: Heads): readonly Block[] {
  const blocks: Block[] = [];
  const walk = (node: unknown, outer: readonly Range[]): void => {
    if (isMap(node)) {
      const above = [...outer, ...(heads.get(node as Node) ?? [])];
      for (const { key, value } of node.items) {
        const head = rangeIn(key as Node | null);
        if (head === undefined) continue;
        const end = Math.max(head.end, contentEnd(value as Node | null));
        const name = String((key as { value?: unknown }).value);
        blocks.push({ range: { start: head.start, end }, head, above, key: name });
        walk(value, above);
      }
    }
    if (isSeq(node)) {
      for (const item of node.items) {
        const range = isPair(item) ? undefined : rangeIn(item as Node | null);
        if (range !== undefined) blocks.push({ range, head: range, above: outer });
        walk(item, outer);
      }
    }
  };
  walk(yaml.contents, []);
  return blocks;
}

function rangeIn(node: Node | null): Range | undefined {
  const start = node?.range?.[0];
  return start === undefined ? undefined : { start, end: contentEnd(node) };
}
