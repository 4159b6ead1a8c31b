import { describe, expect, test } from '@jest/globals';
import { createRun } from '../../src/harden.js';
import { loadReportAssets } from '../../src/io/report-assets.js';
import { assessment } from '../../src/report/assessment.js';
import { guide } from '../../src/report/guide.js';
import { reportsOf } from '../../src/report/reports.js';
import { surveyRuns, type Survey } from '../../src/survey.js';
import { memoryWorkspace, type Tree } from '../support/memory.js';

const ABOUT = { project: 'shop', version: '1.2.3', date: '2026-01-02' };

function surveyOf(tree: Tree): Survey {
  return surveyRuns((phase, texts = new Map()) =>
    createRun(memoryWorkspace({ ...tree, ...Object.fromEntries(texts) }), { phase }),
  );
}

const SECRET = 'correct-horse-battery';
const SHOP: Tree = {
  'docker-compose.yml': `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${SECRET}
    ports:
      - "5432:5432"
    volumes:
      - db:/var/lib/postgresql/data
  tool:
    image: example.org/tool | latest
    privileged: true
    ports:
      - "\${PROXY_TOKEN:-${SECRET}}:80"
volumes:
  db:
`,
  Dockerfile: `FROM node:22-bookworm\nWORKDIR /app\nENV API_TOKEN=${SECRET}\nCOPY . .\nCMD ["node", "index.js"]\n`,
  'user/shop-sync.service': `[Unit]\nDescription=Sync\n\n[Service]\nExecStart=/usr/bin/python3 %h/sync.py\n\n[Install]\nWantedBy=default.target\n`,
};

test('no report shows a secret', async () => {
  const reports = await reportsOf(surveyOf(SHOP), ABOUT, loadReportAssets());
  for (const [path, text] of reports) expect([path, text.includes(SECRET)]).toEqual([path, false]);
  expect(reports.get('SECURITY_ASSESSMENT_DOCKER.md')).toContain('********');
});

describe('the assessment', () => {
  const text = assessment(surveyOf(SHOP), ABOUT);

  test('quotes the line of each grave finding, and says what becomes of it', () => {
    expect(text).toContain('docker-compose.yml:7: - "5432:5432"');
    expect(text).toMatch(/\*\*Changed in phase 2\*\* \([^)]*\): `127\.0\.0\.1:5432:5432`/);
    expect(text).toMatch(/\*\*For you to decide:\*\* \S/);
  });

  test('its tables have as many cells in each row as in the head, whatever a file holds', () => {
    const tables = text.match(/^(?:\|.*\n)+/gm) ?? [];
    const cells = (row: string): number => row.replace(/\\\|/g, '').split('|').length;
    const odd = tables.flatMap((one) => {
      const [head = '', ...rows] = one.trimEnd().split('\n');
      return rows.filter((row) => cells(row) !== cells(head));
    });
    expect(odd).toEqual([]);
    expect(tables.length).toBeGreaterThan(10);
  });

  test('counts the same findings in its summary and its table', () => {
    const [, total, changed, open, accepted] =
      /^(\d+) findings .* changes (\d+) of them .*; (\d+) are for you to decide; (\d+) are rightly/m
        .exec(text)!
        .map(Number);
    expect(changed! + open! + accepted!).toBe(total);
    const rows = [...text.matchAll(/^\| (?:critical|high|medium|low|info) \| (\d+) \|/gm)];
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(total);
  });

  test('names what decides a control that no file shows', () => {
    expect(text).toMatch(/\| 5\.1 \| it is a state of the engine \| `docker info --format/);
  });
});

describe('the guide', () => {
  const text = guide(surveyOf(SHOP), ABOUT);

  test('has the symptoms of the changes that are made, and of no other', () => {
    expect(text).toContain('"Operation not permitted" (EPERM) in the log of a container');
    expect(text).not.toContain('226/NAMESPACE');
    expect(text).not.toContain('exit code 137');
  });

  test("installs a user's unit for their own manager", () => {
    expect(text).toMatch(
      /^install -D -m 644 user\/shop-sync\.service\.hardened ~\/\.config\/systemd\/user\/shop-sync\.service$/m,
    );
    expect(text).toContain('systemctl --user restart shop-sync.service');
    expect(text).not.toContain('sudo systemctl');
  });

  test('offers only what fits the formats that are there', () => {
    const compose = guide(surveyOf({ 'compose.yml': 'services:\n  cache:\n    image: redis:7\n' }), ABOUT);
    expect(compose).toContain('--overlay');
    expect(compose).not.toContain('--drop-in');
    expect(compose).not.toContain('docker build');
    const unit = guide(
      surveyOf({ 'app.service': '[Service]\nExecStart=/usr/sbin/nginx -g "daemon off;"\n' }),
      ABOUT,
    );
    expect(unit).toContain('--drop-in');
    expect(unit).not.toContain('docker');
  });

  test('says so where there is nothing to deploy', () => {
    const text = guide(surveyOf({ Dockerfile: 'FROM scratch\nUSER 1000\nCOPY app /\n' }), ABOUT);
    expect(text).toContain('there is nothing to deploy');
  });

  test('paths with spaces stay one word of a command', () => {
    const text = guide(
      surveyOf({ 'my shop/compose.yml': 'services:\n  cache:\n    image: redis:7\n' }),
      ABOUT,
    );
    expect(text).toContain("docker compose --file 'my shop/compose.hardened.yml' up");
  });
});
