import {
  Composer,
  isAlias,
  isCollection,
  isPair,
  Lexer,
  Parser,
  type CST,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { messageOf } from '../core/errors.js';
import type { Range } from '../core/text.js';
import { aliasTargets } from './compose/document.js';

/** More nodes than any real file has once its aliases are written out. */
const MAX_EXPANDED_NODES = 500_000;

/** Deeper than any real file, and far from where a recursive walk would run out of stack. */
const MAX_DEPTH = 200;

export type YamlOutcome =
  | { readonly ok: true; readonly yamls: readonly Document[] }
  | { readonly ok: false; readonly offset: number; readonly reason: string };

/**
 * Reads the documents of a YAML file, within bounds in which they can be walked, and their aliases followed.
 * @param comments to which the places of the file's comments are added, in order.
 */
export function readYaml(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
  comments: Range[] = [],
): YamlOutcome {
  const invalid = (offset: number, reason: string): YamlOutcome => ({ ok: false, offset, reason });
  let yamls: Document[];
  try {
    yamls = [...new Composer(options).compose(tokensOf(text, comments))];
  } catch (error) {
    if (error instanceof RangeError) return invalid(0, TOO_DEEP);
    return invalid(0, `YAML: ${messageOf(error)}`);
  }
  const error = yamls.flatMap((yaml) => yaml.errors)[0];
  if (error !== undefined) {
    // The parser reports its own exhausted stack as an error of the text.
    const deep = error.message.includes('call stack');
    return invalid(error.pos[0], deep ? TOO_DEEP : `YAML: ${error.message}`);
  }
  for (const yaml of yamls) {
    const deep = tooDeep(yaml);
    if (deep !== undefined) return invalid(deep, TOO_DEEP);
    const targets = aliasTargets(yaml);
    for (const [alias, target] of targets) {
      if (target !== undefined) continue;
      return invalid(alias.range?.[0] ?? 0, `YAML: no anchor before it is named &${alias.source}`);
    }
    if (targets.size > 0 && isBomb(yaml)) {
      return invalid(0, `its aliases expand to more than ${MAX_EXPANDED_NODES} nodes (a YAML bomb)`);
    }
  }
  return { ok: true, yamls };
}

/**
 * What `parseAllDocuments` composes, with the comments set aside on the way. The lexer marks scalars by a control
 * character, so that a `#` in one isn't taken for a comment.
 */
function* tokensOf(text: string, comments: Range[]): Generator<CST.Token, void> {
  const parser = new Parser();
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#') && previous !== '\u001f') {
      comments.push({ start: parser.offset, end: parser.offset + lexeme.trimEnd().length });
    }
    previous = lexeme;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

const TOO_DEEP = `its YAML is nested deeper than ${MAX_DEPTH} levels`;

/** Where a document is nested too deep to be walked by recursion. */
function tooDeep(yaml: Document): number | undefined {
  const walk = (node: unknown, depth: number): number | undefined => {
    if (isPair(node)) return walk(node.key, depth) ?? walk(node.value, depth);
    if (!isCollection(node)) return undefined;
    if (depth === MAX_DEPTH) return node.range?.[0] ?? 0;
    for (const item of node.items) {
      const deep = walk(item, depth + 1);
      if (deep !== undefined) return deep;
    }
    return undefined;
  };
  return walk(yaml.contents, 0);
}

/** Counts the nodes that a document has with its aliases written out; each anchor is counted once and reused. */
function isBomb(yaml: Document): boolean {
  const sizes = new Map<unknown, number>();
  const sizeOf = (node: unknown): number => {
    if (node === null || typeof node !== 'object') return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // An anchor that contains itself is endless.
    sizes.set(node, Number.POSITIVE_INFINITY);
    let size = 1;
    if (isAlias(node)) size += sizeOf(aliasTargets(yaml).get(node));
    else if (isPair(node)) size += sizeOf(node.key) + sizeOf(node.value);
    else if ('items' in node && Array.isArray(node.items))
      for (const item of node.items) size += sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(yaml.contents) > MAX_EXPANDED_NODES;
}
