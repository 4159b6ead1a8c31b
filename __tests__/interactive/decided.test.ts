import { describe, expect, test } from '@jest/globals';
import type { FilePlan } from '../../src/core/plan.js';
import { adapterOf } from '../../src/adapters.js';
import { createRun } from '../../src/harden.js';
import { decidedPlan, type Chosen } from '../../src/interactive/decided.js';
import { editedAnswer, editsBetween } from '../../src/interactive/edit.js';
import { editableHunks, isGivenUp, textOfHunks } from '../../src/interactive/hunk.js';
import { questionsOf, type Answer, type ChangeQuestion } from '../../src/interactive/question.js';
import { applyEdits } from '../../src/core/text.js';
import { planCase, readCases } from '../support/cases.js';
import { memoryWorkspace } from '../support/memory.js';

const COMPOSE = `services:
  web:
    image: nginx:1.27
    # the proxy reaches it here
    ports:
      - "8080:80"
  db:
    image: postgres:16
`;

function planOf(text: string, path = 'docker-compose.yml'): FilePlan {
  const run = createRun(memoryWorkspace({ [path]: text }), { phase: 2 });
  const outcome = run.plan(run.files[0]!);
  if (outcome.kind !== 'planned') throw new Error(JSON.stringify(outcome));
  return outcome.plan;
}

function find(plan: FilePlan, kind: string, service: string): ChangeQuestion {
  const found = questionsOf(plan).find(
    (question) => question.kind === kind && question.entry.finding.subject[1] === service,
  );
  if (found === undefined) throw new Error(`${kind} of ${service} is not asked about`);
  return found;
}

function made(question: ChangeQuestion): Chosen {
  return { question, answer: { kind: 'made' } };
}

/** An answer by editing the hunk that is offered. */
function edited(plan: FilePlan, question: ChangeQuestion, edit: (hunk: string) => string): Answer | string {
  const { original, path } = plan;
  const hunks = edit(editableHunks(path, original.text, question.after));
  const outcome = editedAnswer(plan, question, hunks, question.after, adapterOf(original.format));
  return outcome.ok ? outcome.answer : outcome.reason;
}

function answer(plan: FilePlan, question: ChangeQuestion, edit: (hunk: string) => string): Answer {
  const outcome = edited(plan, question, edit);
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

describe('the changes that were chosen', () => {
  const plan = planOf(COMPOSE);
  const adapter = adapterOf('compose');

  test('are all that the result has', () => {
    const chosen = [find(plan, 'compose/no-new-privileges', 'db'), find(plan, 'compose/limit-pids', 'web')];
    const { plan: decided, unjoined } = decidedPlan(plan, chosen.map(made), adapter);
    expect(unjoined).toEqual([]);
    expect(decided.result).toBe(`services:
  web:
    image: nginx:1.27
    # the proxy reaches it here
    ports:
      - "8080:80"
    pids_limit: 1024
  db:
    image: postgres:16
    security_opt:
      - no-new-privileges:true
`);
    const applied = decided.entries.filter(({ disposition }) => disposition === 'applied');
    expect(applied.map(({ meta }) => meta.id).sort()).toEqual([
      'compose/limit-pids',
      'compose/no-new-privileges',
    ]);
  });

  test('are asked about from the top of the file to its end', () => {
    const places = questionsOf(plan).map(({ entry }) =>
      Math.min(...entry.finding.edits.map(({ start }) => start)),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('none leaves the file as it is', () => {
    expect(decidedPlan(plan, [], adapter).plan.result).toBe(COMPOSE);
  });

  test('one that can not be joined is left out, and the others are made', () => {
    const pids = find(plan, 'compose/limit-pids', 'web');
    const privileges = find(plan, 'compose/no-new-privileges', 'web');
    // Each is sound alone; together the file would have a key twice.
    const twice = answer(plan, privileges, (hunk) =>
      hunk.replace(/\+ +security_opt:\n\+ +- no-new-privileges:true/, '+    pids_limit: 8'),
    );
    const { plan: decided, unjoined } = decidedPlan(
      plan,
      [made(pids), { question: privileges, answer: twice }],
      adapter,
    );
    expect(unjoined).toMatchObject([
      { question: privileges, reason: expect.stringContaining('does not parse') },
    ]);
    expect(decided.result).toContain('pids_limit: 1024');
    expect(decided.result).not.toContain('pids_limit: 8');
  });
});

describe('a change that is edited', () => {
  const plan = planOf(COMPOSE);
  const drop = find(plan, 'compose/drop-capabilities', 'web');

  test('keeps its place among the others', () => {
    const all = questionsOf(plan);
    const capabilities = answer(plan, drop, (hunk) =>
      hunk.replace('- ALL\n', '- ALL\n+      - NET_RAW # by hand\n'),
    );
    const chosen = all.map((question) =>
      question.entry === drop.entry ? { question, answer: capabilities } : made(question),
    );
    const { plan: decided, unjoined } = decidedPlan(plan, chosen, adapterOf('compose'));
    expect(unjoined).toEqual([]);
    expect(decided.result).toBe(plan.result.replace('- ALL\n', '- ALL\n      - NET_RAW # by hand\n'));
  });

  test('may leave a part of it out, and take a comment away', () => {
    const ports = find(plan, 'compose/bind-ports-to-loopback', 'web');
    const without = answer(plan, ports, (hunk) =>
      hunk.replace(' ' + '    # the proxy', '-' + '    # the proxy'),
    );
    const { plan: decided, unjoined } = decidedPlan(
      plan,
      [{ question: ports, answer: without }],
      adapterOf('compose'),
    );
    expect(unjoined).toEqual([]);
    expect(decided.result).toBe(
      COMPOSE.replace('    # the proxy reaches it here\n', '').replace('"8080', '"127.0.0.1:8080'),
    );
  });

  test('is as it was proposed when nothing was edited', () => {
    expect(edited(plan, drop, (hunk) => hunk)).toEqual({ kind: 'made' });
  });

  test.each<[string, (hunk: string) => string, string]>([
    ['a broken file', (hunk) => hunk.replace('- ALL', '- [ALL'), 'the result does not parse: line'],
    ['no change', (hunk) => hunk.replace(/^\+.*\n/gm, ''), 'nothing of the change is left'],
    [
      'a line that the file does not have',
      (hunk) => hunk.replace(' ' + '    image', ' ' + '    imago'),
      'of the file is not',
    ],
    ['a line less of the file', (hunk) => hunk.replace(/^ {5}image.*\n/m, ''), 'of the file is missing'],
    ['another header', (hunk) => hunk.replace(/^@@ -\d+/m, '@@ -90'), 'leave the lines with @@ as they are'],
    ['no header', (hunk) => hunk.replace(/^@@.*\n/m, ''), 'its first line with @@ is missing'],
    ['a line without a sign', (hunk) => hunk.replace(/^\+/m, '*'), 'and not with *'],
    ['the end cut off', (hunk) => hunk.replace(/ {3}db:[^]*$/, ''), 'of the file is missing'],
  ])('%s is told', (_, edit, reason) => {
    expect(edited(plan, drop, edit)).toEqual(expect.stringContaining(reason));
  });

  test('is given up when all is deleted', () => {
    const hunk = editableHunks('a', COMPOSE, drop.after);
    expect(isGivenUp(hunk)).toBe(false);
    expect(isGivenUp(hunk.replace(/^[^#].*\n/gm, ''))).toBe(true);
    expect(isGivenUp('')).toBe(true);
  });

  test('an editor that takes white space from the ends of lines does no harm', () => {
    const [before, after] = ['a\n\nb\n', 'a\n\nb\nc\n'];
    const hunk = editableHunks('x', before, after).replace(/ +$/gm, '');
    expect(textOfHunks(hunk, before, after)).toEqual({ ok: true, text: after });
  });

  test.each([
    ['Windows line endings', 'a\r\nb\r\n', 'a\r\nx\r\nb\r\n', 'x', 'a\r\ny\r\nb\r\n'],
    ['no final newline', 'a\nb', 'a\nx\nb', 'x', 'a\ny\nb'],
    ['a file that is new', '', 'x\nz\n', 'x', 'y\nz\n'],
    [
      'two places',
      'a\n1\n2\n3\n4\n5\n6\n7\n8\nb\n',
      'x\n1\n2\n3\n4\n5\n6\n7\n8\nx\n',
      'x\n 1',
      'y\n1\n2\n3\n4\n5\n6\n7\n8\nx\n',
    ],
  ])('%s', (_, before, after, from, text) => {
    const hunk = editableHunks('f', before, after).replace(`+${from}`, `+${from.replace('x', 'y')}`);
    expect(textOfHunks(hunk, before, after)).toEqual({ ok: true, text });
  });
});

test.each([
  ['a\nb\nc\n', 'a\nc\n'],
  ['a\nb\n', 'a\nx\nb\n'],
  ['a\nb\n', 'x\na\nb\ny\n'],
  ['a\r\nb\r\n', 'a\r\nb\r\nc\r\n'],
  ['', 'a\n'],
  ['a', 'a\nb'],
  ['a\n', 'b'],
  ['a: 1\nb: 2\n', 'a: 12\nb: 3\n'],
])('%j becomes %j by edits', (before, after) => {
  expect(applyEdits(before, editsBetween(before, after))).toBe(after);
});

test('all changes of a plan together are the plan, in each fixture', () => {
  for (const fixture of readCases()) {
    const plan = planCase(fixture, fixture.text);
    const { plan: decided, unjoined } = decidedPlan(
      plan,
      questionsOf(plan).map(made),
      adapterOf(plan.original.format),
    );
    expect([fixture.name, unjoined]).toEqual([fixture.name, []]);
    expect(decided.result).toBe(plan.result);
  }
});

test('each change of a plan can be made alone, and left alone, in each fixture of all transforms', () => {
  for (const fixture of readCases().filter(({ id }) => id.endsWith('/together'))) {
    const plan = planCase(fixture, fixture.text);
    const adapter = adapterOf(plan.original.format);
    for (const question of questionsOf(plan)) {
      const alone = decidedPlan(plan, [made(question)], adapter);
      expect([fixture.name, question.key, alone.unjoined]).toEqual([fixture.name, question.key, []]);
      expect(alone.plan.result).toBe(question.after);
    }
  }
});
