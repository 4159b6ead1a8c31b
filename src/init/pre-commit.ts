import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, parse, stringify, type Node, type YAMLMap } from 'yaml';
import { applyEdits, type Range } from '../core/text.js';
import { lostComment } from '../core/verify.js';
import { contentEnd, createComposeDocument, ownPair } from '../formats/compose/document.js';
import { insertLines } from '../formats/compose/edit.js';
import { readYaml } from '../formats/yaml.js';
import { packageRoot } from '../io/package.js';

const YAML = { prettyErrors: false, logLevel: 'silent' } as const;

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly entry: string;
  readonly files: string;
  readonly exclude: string;
}

interface Entry {
  readonly repo?: string;
  readonly hooks?: readonly { readonly id?: string }[];
}

/** The lines of a repository with the hook that checks, for a list of repositories. */
function entryLines(): readonly string[] {
  const hooks = parse(readFileSync(join(packageRoot(), '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[];
  const { id, name, entry, files, exclude } = hooks.find((hook) => hook.id === 'harden')!;
  const hook = {
    id,
    name,
    // What the project has installed, and nothing that a registry has under the same name.
    language: 'system',
    entry: `npx --no -- ${entry}`,
    files,
    exclude,
    require_serial: true,
  };
  return stringify([{ repo: 'local', hooks: [hook] }], { lineWidth: 0 })
    .trimEnd()
    .split('\n');
}

export type PreCommit =
  | { readonly ok: true; readonly text: string }
  /** What to add by hand. */
  | { readonly ok: false; readonly reason: string; readonly lines: readonly string[] };

/**
 * A .pre-commit-config.yaml with harden's hook: a new one, or the one that is there, byte for byte but for the added lines.
 * The same text where the hook is there already.
 */
export function withHook(text: string | undefined): PreCommit {
  const lines = entryLines();
  if (text === undefined) return { ok: true, text: `repos:\n${lines.map((line) => `  ${line}\n`).join('')}` };
  const refused = (reason: string): PreCommit => ({ ok: false, reason, lines });
  const before: Range[] = [];
  const read = readYaml(text, YAML, before);
  if (!read.ok) return refused('it is not YAML');
  const root = read.yamls[0]?.contents;
  const repos = isMap(root) ? ownPair(root as YAMLMap, 'repos')?.value : undefined;
  if (hasHook(text)) return { ok: true, text };
  if (!isSeq(repos) || repos.flow === true || repos.items.length === 0 || read.yamls.length !== 1)
    return refused('its repos are no list of lines');
  const document = createComposeDocument('', text, read.yamls, before);
  const start = repos.range?.[0] ?? 0;
  const column = start - document.lines.startOfLine(start);
  const indented = lines.map((line) => ' '.repeat(column) + line);
  const made = insertLines(document, contentEnd(repos.items.at(-1) as Node), column, undefined, indented);
  if (!made.ok) return refused(made.reason);
  const result = applyEdits(text, made.edits);
  return isOnlyAdded(text, result, before)
    ? { ok: true, text: result }
    : refused('its form is not one that can be added to');
}

function hasHook(text: string): boolean {
  const { repos = [] } = (parse(text, YAML) ?? {}) as { repos?: readonly Entry[] | null };
  return (repos ?? []).some(
    (repo) => repo.hooks?.some(({ id }) => id === 'harden' || id === 'harden-fix') === true,
  );
}

/** Proves that nothing else says something else now. */
function isOnlyAdded(before: string, after: string, ranges: readonly Range[]): boolean {
  const found: Range[] = [];
  const read = readYaml(after, YAML, found);
  if (!read.ok) return false;
  const { repos: old = [], ...oldRest } = parse(before, YAML) as { repos?: readonly Entry[] };
  const { repos: now = [], ...nowRest } = parse(after, YAML) as { repos?: readonly Entry[] };
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const textsOf = (text: string, list: readonly Range[]): readonly string[] =>
    list.map(({ start, end }) => text.slice(start, end));
  return (
    same(oldRest, nowRest) &&
    same(old, now.slice(0, -1)) &&
    now.length === old.length + 1 &&
    lostComment(textsOf(before, ranges), textsOf(after, found)) === undefined
  );
}
