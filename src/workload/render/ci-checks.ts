import { isMap, type YAMLMap } from 'yaml';
import type { Evidence, FileReader } from '../../core/types.js';
import { LineIndex } from '../../core/text.js';
import { glob } from '../../catalogue/catalogue.js';
import { ownPair } from '../../formats/compose/document.js';
import { readYaml } from '../../formats/yaml.js';
import { isRecord, strings, toPlain, type Plain } from '../compose/plain.js';

/** Whether every commit to the branch that is deployed gets a check of the CI. */
export type CiChecks =
  | { readonly kind: 'always'; readonly evidence: Evidence }
  /** Only some commits do. */
  | { readonly kind: 'sometimes'; readonly reason: string; readonly evidence: Evidence }
  | { readonly kind: 'none' };

const WORKFLOWS = '.github/workflows';

/** A workflow by whose name one expects that it says whether a commit is sound. */
const SOUNDNESS = /(?:^|[^a-z])(?:ci|tests?|testing|lint|checks?|verify|quality|qa|builds?)(?:[^a-z]|$)/i;

/**
 * What GitHub's workflows say of pushes: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
 * @param branch that is deployed; undefined for the repository's default branch, whatever its name.
 */
export function ciChecks(files: FileReader, branch: string | undefined): CiChecks {
  let sometimes: CiChecks = { kind: 'none' };
  for (const { name, folder } of files.list(WORKFLOWS)) {
    const path = `${WORKFLOWS}/${name}`;
    const text = folder || !/\.ya?ml$/.test(name) ? undefined : files.read(path);
    const found = text === undefined ? undefined : checksOf(path, text, branch);
    if (found?.kind === 'always') return found;
    if (found?.kind === 'sometimes') sometimes = found;
  }
  return sometimes;
}

function checksOf(path: string, text: string, branch: string | undefined): CiChecks {
  const read = readYaml(text, { prettyErrors: false, logLevel: 'silent' });
  const [yaml] = read.ok ? read.yamls : [];
  if (yaml === undefined || !isMap(yaml.contents)) return { kind: 'none' };
  const pair = ownPair(yaml.contents, 'on');
  const on = toPlain(pair?.value, yaml);
  const title = toPlain(ownPair(yaml.contents, 'name')?.value, yaml);
  const names = `${path.slice(WORKFLOWS.length)} ${typeof title === 'string' ? title : ''}`;
  if (pair === undefined || !hasPush(on) || !SOUNDNESS.test(names)) return { kind: 'none' };
  const lines = new LineIndex(text);
  const event = isMap(pair.value) ? ownPair(pair.value as YAMLMap, 'push') : undefined;
  const start = (event ?? pair).key.range?.[0] ?? 0;
  const evidence = { file: path, line: lines.lineOf(start), text: lines.lineText(start).trim() };
  const push = isRecord(on) ? (on.push ?? null) : null;
  if (!isRecord(push)) return { kind: 'always', evidence };
  const limits = ['paths', 'paths-ignore'].find((key) => push[key] !== undefined);
  if (limits !== undefined) {
    const reason = `${path} leaves out some commits by ${limits}, and Render does not deploy one without a check`;
    return { kind: 'sometimes', reason, evidence };
  }
  const isOnlyTags = push.tags !== undefined && push.branches === undefined;
  return !isOnlyTags && coversBranch(push, branch) ? { kind: 'always', evidence } : { kind: 'none' };
}

function hasPush(on: Plain): boolean {
  return isRecord(on) ? 'push' in on : strings(on).includes('push');
}

function coversBranch(push: Readonly<Record<string, Plain>>, branch: string | undefined): boolean {
  const matches = (key: string): boolean =>
    strings(push[key]).some((pattern) =>
      (branch === undefined ? ['main', 'master'] : [branch]).some((name) => glob(pattern).test(name)),
    );
  return push.branches === undefined ? !matches('branches-ignore') : matches('branches');
}
