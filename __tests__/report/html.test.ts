import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../../src/report/findings.js';
import { historiesOf } from '../../src/report/html/histories.js';
import { differenceOf, maskedDiff } from '../../src/report/html/hunks.js';
import { markup, verbatim } from '../../src/report/html/markup.js';
import { htmlReport } from '../../src/report/html/page.js';
import { MOMENTS } from '../../src/survey.js';
import { folderOf } from '../support/cli.js';
import { about, largeTree, pageOf, shop, surveyOf } from '../support/report.js';

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

describe('the page', () => {
  const survey = surveyOf(shop);
  const page = htmlReport(survey, about);

  test('has all findings, and what each says', () => {
    const findings = findingsOf(survey);
    expect(findings.length).toBeGreaterThan(20);
    expect(count(page, /<li class="card"/g)).toBe(findings.length);
    const said = page.toLowerCase();
    for (const { message } of findings) expect(said).toContain(markup`${message}`.html.toLowerCase());
  });

  test('has all controls at each moment', () => {
    const controls = survey.standards.flatMap((standard) => standard.controls);
    expect(count(page, /<td role="cell"/g)).toBe(controls.length * MOMENTS.length);
    for (const { control } of controls) expect(page).toContain(`<b>${control.id}</b>`);
  });

  test('says beside each hunk what it is for', () => {
    const hunks = page.split('<div class="hunk">').slice(1);
    expect(hunks.length).toBeGreaterThan(5);
    for (const hunk of hunks) expect(hunk).toMatch(/^\s*<ul class="reasons"/);
  });

  test('allows only its own style and script, by their hashes', () => {
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash(/<style>([^]*?)<\/style>/.exec(page)?.[1])}`,
      `script-src ${hash(/<script>([^]*?)<\/script>/.exec(page)?.[1])}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(count(page, /<style/g)).toBe(1);
    expect(count(page, /<script/g)).toBe(1);
    // The policy would drop these in silence.
    expect(page).not.toMatch(/<[^>]*\s(?:style|on\w+)="/);
  });

  test('loads nothing', () => {
    const [body = ''] = page.split('<script>').slice(0, 1);
    expect(body).not.toMatch(/<(?:link|img|iframe|object|embed|video|audio|source|base)\b/);
    expect(body).not.toMatch(/\ssrc(?:set)?=/);
    expect(about.assets.style.text).not.toMatch(/url\(|@import/);
    expect(about.assets.script.text).not.toMatch(/<\/script|<!--|\bfetch\b|XMLHttpRequest|import\(/);
  });

  test('leads nowhere where nothing is', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('has headings in order', () => {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    levels.forEach((level, at) => expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
  });

  test('is the same for the same survey', () => {
    expect(htmlReport(survey, about)).toBe(page);
  });
});

test('shows no secret, nor one that a diff has as context', () => {
  const page = pageOf({
    ...shop,
    'compose.yml': `services:
  api:
    image: ghcr.io/shop/api:1
    command: ["serve", "--token", "marigold-99-kettle"]
    environment:
      - API_KEY=thistle-42-anchor
      - DATABASE_URL=postgres://shop:walnut-13-ribbon@database/shop
    ports: ["8080:8080"]
`,
  });
  expect(page).toContain('********');
  expect(page).not.toMatch(/orchid-7|marigold-99|thistle-42|walnut-13/);
});

test('takes what files say as text', () => {
  const script = '<script>alert("x")</script>';
  const page = pageOf({
    Dockerfile: `FROM node:22 # ${script}\nLABEL a='"><img src=x onerror=alert(1)>'\nADD a b\nCMD node a.js </style>\n`,
    'compose.yml': `services:\n  web: # ${script} \u202e\n    image: "nginx:1.27"\n    ports: ["80:80"]\n    command: '${script}'\n`,
    'broken/compose.yml': `services:\n  - '${script}'\n :\n`,
  });
  expect(count(page, /<script/g)).toBe(1);
  expect(count(page, /<\/style/g)).toBe(1);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('\u202e');
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
});

test('an empty tree has a page too', () => {
  const page = pageOf({});
  expect(page).toContain('has nothing to say');
  expect(page).not.toContain('id="units"');
});

test('a large page keeps all that its folds hold', () => {
  const page = pageOf(largeTree);
  const folds = [...page.matchAll(/<noscript[^>]*>([^]*?)<\/noscript>/g)].map(([, held]) => held ?? '');
  const later = folds.filter((held) => held.includes('<ul class="cards">'));
  const inLater = later.reduce((sum, held) => sum + count(held, /<!--fold-->/g), 0);
  expect(inLater).toBe(later.reduce((sum, held) => sum + count(held, /<li class="card"/g), 0));
  expect(count(page, /<!--fold-->/g)).toBe(inLater);
  expect(count(page, /<!--\/fold-->/g)).toBe(inLater);
  expect(inLater).toBeGreaterThan(200);
  expect(folds.length - later.length + inLater).toBeGreaterThan(400);
  // The first end would end the outer one.
  expect(folds.filter((held) => held.includes('<noscript'))).toEqual([]);
  expect(count(page, /<dt>Evidence/g)).toBeGreaterThan(300);
});

test('the project is text as well', () => {
  const page = htmlReport(surveyOf({}), { ...about, project: 'a<b>&"c"' });
  expect(page).toContain('<h1>Hardening of a&lt;b&gt;&amp;&quot;c&quot;</h1>');
});

describe('a masked diff', () => {
  test('is a patch that applies when nothing is masked', () => {
    const before = 'one\r\ntwo\r\nthree\r\n';
    const after = 'one\r\n2\r\nthree\r\nfour';
    const root = folderOf({ 'a file.txt': before });
    const { patch, masked } = maskedDiff('a file.txt', before, after);
    execFileSync('git', ['apply', '--check', '-'], { cwd: root, input: patch });
    expect(masked).toBe(false);
    expect(verbatim(patch).html).toContain('-two&#13;\n');
  });

  test('says that it does not apply when a secret is near', () => {
    const before = 'a: 1\npassword: marigold-99\n';
    const { patch, masked, hunks } = maskedDiff('x.yml', before, 'a: 2\npassword: marigold-99\n');
    expect(masked).toBe(true);
    expect(patch + JSON.stringify(hunks)).not.toContain('marigold');
    expect(patch).toContain('@@ -1,2 +1,2 @@\n-a: 1\n+a: 2\n password: ********\n');
  });

  test('keeps sides apart, and says where a text has no last line break', () => {
    const { hunks } = maskedDiff('x', 'a\nb\nc', 'a\nB\nc\nd\n');
    expect(hunks).toEqual([
      {
        from: 1,
        to: 3,
        blocks: [
          { kind: 'same', before: [{ number: 1, text: 'a' }], after: [{ number: 1, text: 'a' }] },
          {
            kind: 'changed',
            before: [
              { number: 2, text: 'b' },
              { number: 3, text: 'c', unended: true },
            ],
            after: [
              { number: 2, text: 'B' },
              { number: 3, text: 'c' },
              { number: 4, text: 'd' },
            ],
          },
        ],
      },
    ]);
  });

  test('marks the part of a line that differs, in whole characters', () => {
    expect(differenceOf('      - "80:80"', '      - "127.0.0.1:80:80"')).toEqual({ start: 9, rest: 6 });
    expect(differenceOf('name: 😀 end', 'name: 😁 end')).toEqual({ start: 6, rest: 4 });
    expect(differenceOf('CMD node a.js', 'USER app')).toBeUndefined();
  });
});

test('what makes a control stand so is told once for all that it is true of', () => {
  const { standards } = surveyOf({
    'compose.yml': `services:
  a:
    image: nginx:1.27
    ports: ["8080:80"]
  b:
    image: nginx:1.27
    ports: ["8081:80"]
`,
  });
  const control = standards
    .flatMap(({ controls }) => controls)
    .find(({ control: { id } }) => id === 'CIS-Docker-5.14')!;
  const [history, ...others] = historiesOf(control);
  expect(others).toEqual([]);
  expect(history?.subjects.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(history?.stretches.map(({ moments, says }) => [moments, says?.kind])).toEqual([
    [['before', 1], 'unmet'],
    [[2, 3], 'met'],
  ]);
});
