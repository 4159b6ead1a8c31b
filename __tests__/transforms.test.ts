import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { FilePlan } from '../src/core/plan.js';
import { BOM } from '../src/core/text.js';
import type { Finding } from '../src/core/types.js';
import { unifiedDiff } from '../src/render/diff.js';
import { policies } from '../transforms/index.js';
import { createSarifOutput } from '../src/render/sarif.js';
import { planCase, readCases, type TransformCase } from './support/cases.js';
import { applySarif, type SarifResult } from './support/sarif.js';

const UPDATE = process.env.UPDATE_EXPECTED === '1';
const cases = readCases();

/** What a case must come out as: the diff, then each finding with its safety, reason and evidence. */
function describePlan(plan: FilePlan): string {
  const findings = plan.entries.map(({ finding, reason }) => {
    const what = 'change' in finding ? finding.change : reason;
    const evidence = finding.evidence.map((item) =>
      'source' in item ? `  - ${item.source}` : `  - ${item.file}:${item.line}: ${item.text}`,
    );
    const line = plan.original.lines.lineOf(finding.range.start);
    return [
      `${finding.safety}, line ${line}, ${finding.subject.join('.')}${sharing(finding)}: ${finding.message}`,
      `  ${what}`,
      ...evidence,
    ].join('\n');
  });
  return [...findings, ''].join('\n');
}

/** The parts that a shared change reaches. */
function sharing(finding: Finding): string {
  const parts = 'sharedBy' in finding ? (finding.sharedBy ?? []) : [];
  return parts.length === 0 ? '' : ` for ${parts.map((part) => part.join('.')).join(', ')}`;
}

function expectFile(path: string, actual: string): void {
  if (UPDATE) {
    if (actual === '') rmSync(path, { force: true });
    else writeFileSync(path, actual);
  }
  expect(actual).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
}

const sarif = createSarifOutput({ version: '0', homepage: undefined, digest: (text) => text, policies });

/** What the fixes of the SARIF output make of a plan's text; undefined where one is left out for the secret in it. */
function fixedBySarif(plan: FilePlan): string | undefined {
  const file = { path: plan.path, format: plan.original.format };
  const pieces = sarif.outcome({
    outcome: { kind: 'planned', file, plan, notices: [] },
    written: undefined,
    companions: [],
    builders: [],
  });
  const results = pieces.map(({ text }) => JSON.parse(text) as SarifResult);
  if (results.some(({ message }) => message.text.includes('it would tell a secret'))) return undefined;
  return applySarif(results, () => plan.original.text).get(plan.path) ?? plan.original.text;
}

function resultOf(fixture: TransformCase, text: string): string {
  const plan = planCase(fixture, text);
  expect(plan.failures).toEqual([]);
  expect(plan.entries.filter(({ disposition }) => disposition === 'unsound')).toEqual([]);
  expect([undefined, plan.result]).toContain(fixedBySarif(plan));
  return plan.result;
}

/** A comment at the end that moves no directive and no heredoc, with characters outside the basic plane. */
const NON_ASCII = '# Grüße, 日本語, 🛡️';

describe.each(cases.map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) => {
  const { text } = fixture;

  test('changes what it should, with these reasons', () => {
    const plan = planCase(fixture, text);
    expect(plan.failures).toEqual([]);
    expect(plan.entries.filter(({ disposition }) => disposition === 'unsound')).toEqual([]);
    expectFile(join(fixture.folder, 'expected.diff'), unifiedDiff(fixture.path, text, plan.result));
    expectFile(join(fixture.folder, 'findings.txt'), describePlan(plan).trimStart());
  });

  test('proposes nothing for its own result', () => {
    const result = resultOf(fixture, text);
    expect(resultOf(fixture, result)).toBe(result);
  });

  test('does the same with CRLF line endings', () => {
    if (text.includes('\r')) return;
    const crlf = (value: string): string => value.replaceAll('\n', '\r\n');
    expect(resultOf(fixture, crlf(text))).toBe(crlf(resultOf(fixture, text)));
  });

  test('does the same with a byte order mark', () => {
    if (text.startsWith(BOM)) return;
    expect(resultOf(fixture, BOM + text)).toBe(BOM + resultOf(fixture, text));
  });

  test('does the same without a final newline', () => {
    const chop = (value: string): string => value.replace(/\r?\n$/, '');
    if (/\n\s*$/.test(chop(text))) return;
    expect(resultOf(fixture, chop(text))).toBe(chop(resultOf(fixture, text)));
  });

  test('does the same beside characters outside the basic plane', () => {
    // Behind a final `\` it would be part of the last line.
    if (!text.endsWith('\n') || /\\\r?\n$/.test(text)) return;
    const eol = text.endsWith('\r\n') ? '\r\n' : '\n';
    const tail = `${eol}${NON_ASCII}${eol}`;
    expect(resultOf(fixture, text + tail)).toBe(resultOf(fixture, text) + tail);
  });
});

describe('git apply', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harden-apply-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('accepts the diff of every case in every form and gives the planned bytes', () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => (text.includes('\r') ? text : text.replaceAll('\n', '\r\n')),
      (text) => text.replace(/\r?\n$/, ''),
    ];
    const expected = new Map<string, string>();
    let patch = '';
    for (const [number, fixture] of cases.entries()) {
      for (const [form, change] of forms.entries()) {
        const text = change(fixture.text);
        const { result } = planCase(fixture, text);
        if (result === text) continue;
        const path = `${number}/${form} of a case/${fixture.path}`;
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        expected.set(path, result);
        patch += unifiedDiff(path, text, result);
      }
    }
    expect(expected.size).toBeGreaterThan(cases.length / 2);
    execFileSync('git', ['apply', '--whitespace=nowarn'], { cwd: folder, input: patch });
    for (const [path, result] of expected) expect(readFileSync(join(folder, path), 'utf8')).toBe(result);
  });
});
