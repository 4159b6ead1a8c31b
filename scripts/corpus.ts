/**
 * `npm run corpus -- DIR [--json FILE]`: plans every file below a folder and checks what must hold for each.
 * Prints a table and the offenders; exit code 1 when there is any.
 */
import { parseArgs } from 'node:util';
import { applyEdits, inOrder } from '../src/core/text.js';
import type { FilePlan } from '../src/core/plan.js';
import { appliedEdits, isFix } from '../src/core/fixes.js';
import type { Format, SemanticPath, SourceDocument } from '../src/core/types.js';
import { covers, lostComment } from '../src/core/verify.js';
import type { ComposeDocument } from '../src/formats/compose/document.js';
import { composeAdapter } from '../src/formats/compose/parse.js';
import { dockerfileAdapter } from '../src/formats/dockerfile/parse.js';
import { renderAdapter } from '../src/formats/render-yaml/parse.js';
import { quadletAdapter, unitAdapter } from '../src/formats/systemd/parse.js';
import { flyAdapter } from '../src/formats/toml/parse.js';
import { createRun, prepare, type Run } from '../src/harden.js';
import type { SourceFile } from '../src/io/discover.js';
import { allTransforms } from '../transforms/index.js';
import { createOracles, type Oracle } from './oracles.js';

const CHECKS = [
  'crash',
  'lost comment',
  'stray bytes',
  'unsound edit',
  'not idempotent',
  'rejected by the oracle',
] as const;
type Check = (typeof CHECKS)[number];

interface Row {
  files: number;
  changed: number;
  refused: number;
  foreign: number;
  judged: number;
  readonly offences: Map<Check, string[]>;
  /** Files that were not planned, with the reason. */
  readonly refusals: string[];
}

const parsers: Readonly<Record<Format, (path: string, text: string) => SourceDocument | undefined>> = {
  dockerfile: (path, text) => documentOf(dockerfileAdapter.parse(path, text)),
  compose: (path, text) => documentOf(composeAdapter.parse(path, text)),
  systemd: (path, text) => documentOf(unitAdapter.parse(path, text)),
  quadlet: (path, text) => documentOf(quadletAdapter.parse(path, text)),
  fly: (path, text) => documentOf(flyAdapter.parse(path, text)),
  render: (path, text) => documentOf(renderAdapter.parse(path, text)),
};

function documentOf<D>(parsed: { ok: true; document: D } | { ok: false }): D | undefined {
  return parsed.ok ? parsed.document : undefined;
}

/** The text with all edited ranges cut out, before and after: they must be the same bytes. */
function outsideEdits(plan: FilePlan): { before: string; after: string } {
  const edits = inOrder(appliedEdits(plan));
  const before = applyEdits(
    plan.original.text,
    edits.map(({ start, end }) => ({ start, end, text: '' })),
  );
  let after = plan.result;
  let shift = 0;
  for (const { start, end, text } of edits) {
    const at = start + shift;
    after = after.slice(0, at) + after.slice(at + text.length);
    shift -= end - start;
  }
  return { before, after };
}

/** Plans a text that stands in for a file of the tree. */
function planText(run: Run, file: SourceFile, text: string): FilePlan | undefined {
  const { workspace } = run;
  const substitute = createRun(
    {
      ...workspace,
      open: (path, adapter) => {
        if (path !== file.path || adapter.format !== file.format) return workspace.open(path, adapter);
        const parsed = adapter.parse(path, text);
        if (!parsed.ok) return { kind: 'failed', line: undefined, reason: parsed.reason };
        return { kind: 'document', document: parsed.document };
      },
    },
    { phase: 2 },
  );
  const outcome = substitute.plan(file);
  return outcome.kind === 'planned' ? outcome.plan : undefined;
}

/** What the applied findings say to change; who extends a service takes its changes over. */
function declaredBy(plan: FilePlan, run: Run): (path: SemanticPath) => boolean {
  const applied = plan.entries.filter(({ disposition }) => disposition === 'applied');
  const covered = (path: SemanticPath): boolean =>
    applied.some(({ meta, finding }) => isFix(finding) && covers(meta, [finding], path));
  const extended = (name: string | undefined): string | undefined =>
    name === undefined
      ? undefined
      : run.projects.composeContext(plan.original as ComposeDocument).workload(name)?.view.extendsService;
  const declares = (path: SemanticPath): boolean => {
    if (covered(path)) return true;
    const base = path[0] === 'services' ? extended(path[1]) : undefined;
    return base !== undefined && declares(['services', base, ...path.slice(2)]);
  };
  return declares;
}

async function checkFile(
  root: string,
  run: Run,
  alone: readonly Run[],
  file: SourceFile,
  row: Row,
  oracle: Oracle | undefined,
): Promise<void> {
  const offend = (check: Check, detail: string): void => {
    row.offences.set(check, [...(row.offences.get(check) ?? []), `${file.path}: ${detail}`]);
  };
  row.files += 1;
  let plan: FilePlan;
  try {
    const outcome = run.plan(file);
    if (outcome.kind !== 'planned') {
      row[outcome.kind === 'failed' ? 'refused' : 'foreign'] += 1;
      row.refusals.push(`${file.path}: ${outcome.reason}`);
      return;
    }
    plan = outcome.plan;
  } catch (error) {
    offend('crash', String(error));
    return;
  }
  for (const { id, error } of plan.failures) offend('crash', `${id}: ${error}`);
  for (const entry of plan.entries) {
    if (entry.disposition === 'unsound') offend('unsound edit', `${entry.meta.id}: ${entry.reason ?? ''}`);
  }
  if (plan.result === plan.original.text) return;
  row.changed += 1;

  const { before, after } = outsideEdits(plan);
  if (before !== after) offend('stray bytes', 'bytes outside the edits differ');
  const parsed = parsers[file.format](file.path, plan.result);
  const lost = parsed && lostComment(plan.original.comments(), parsed.comments());
  if (parsed === undefined) offend('unsound edit', 'the result does not parse');
  else if (lost !== undefined) offend('lost comment', lost);

  const again = planText(run, file, plan.result);
  if (again?.result !== plan.result) offend('not idempotent', 'a second run changes the result');

  // Each transform by itself, so that none hides behind what another one declares to touch.
  for (const single of alone) {
    const outcome = single.plan(file);
    if (outcome.kind !== 'planned') continue;
    for (const entry of outcome.plan.entries) {
      if (entry.disposition === 'unsound')
        offend('unsound edit', `${entry.meta.id} alone: ${entry.reason ?? ''}`);
    }
  }

  const verdict = await oracle?.judge({
    root,
    path: file.path,
    before: plan.original.text,
    after: plan.result,
    declares: declaredBy(plan, run),
  });
  if (verdict === undefined) return;
  row.judged += 1;
  if (verdict.complaint !== undefined) offend('rejected by the oracle', verdict.complaint);
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [root] = positionals;
  if (root === undefined) {
    console.error('usage: npm run corpus -- DIR');
    process.exitCode = 2;
    return;
  }
  const run = prepare({ root, paths: ['.'], phase: 2 });
  const oracles = await createOracles();
  for (const note of oracles.notes) console.log(note);

  const rows = new Map<Format, Row>();
  const singles = new Map<Format, Run[]>();
  for (const { meta } of allTransforms) {
    const format = meta.id.slice(0, meta.id.indexOf('/')) as Format;
    const single = createRun(run.workspace, { phase: 2, enabled: (id) => id === meta.id });
    singles.set(format, [...(singles.get(format) ?? []), single]);
  }
  for (const [at, file] of run.workspace.files.entries()) {
    const row = rows.get(file.format) ?? newRow();
    rows.set(file.format, row);
    await checkFile(root, run, singles.get(file.format) ?? [], file, row, oracles[file.format]);
    if (process.stderr.isTTY) process.stderr.write(`\r${at + 1} of ${run.workspace.files.length}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  report(rows);
  if ([...rows.values()].some(({ offences }) => offences.size > 0)) process.exitCode = 1;
}

function newRow(): Row {
  return { files: 0, changed: 0, refused: 0, foreign: 0, judged: 0, offences: new Map(), refusals: [] };
}

function report(rows: ReadonlyMap<Format, Row>): void {
  const table: [string, (row: Row) => number][] = [
    ['files', (row) => row.files],
    ['changed', (row) => row.changed],
    ['refused with a reason', (row) => row.refused],
    ['of another kind', (row) => row.foreign],
    ['judged by the oracle', (row) => row.judged],
    ...CHECKS.map((check): [string, (row: Row) => number] => [
      check,
      (row) => row.offences.get(check)?.length ?? 0,
    ]),
  ];
  const formats = [...rows.keys()];
  console.log(''.padEnd(24) + formats.map((format) => format.padStart(12)).join(''));
  for (const [name, value] of table) {
    console.log(
      name.padEnd(24) + formats.map((format) => String(value(rows.get(format)!)).padStart(12)).join(''),
    );
  }
  for (const [format, { offences, refusals }] of rows) {
    if (refusals.length > 0) console.log(`\n${format}, not planned:\n  ${refusals.join('\n  ')}`);
    for (const [check, list] of offences) {
      console.log(`\n${format}, ${check}:`);
      for (const offender of list) console.log(`  ${offender}`);
    }
  }
}

await main();
