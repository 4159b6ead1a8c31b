import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRun } from '../src/harden.js';
import { loadReportAssets } from '../src/io/report-assets.js';
import { digest } from '../src/cli/outputs.js';
import { createGithubOutput } from '../src/render/github.js';
import { createGitlabOutput } from '../src/render/gitlab.js';
import { policies } from '../transforms/index.js';
import { createJsonOutput } from '../src/render/json.js';
import { createJunitOutput } from '../src/render/junit.js';
import { createMarkdownOutput } from '../src/render/markdown.js';
import { OUTPUT_NAMES, type Output, type OutputName, type Piece } from '../src/render/output.js';
import { createSarifOutput } from '../src/render/sarif.js';
import { createTextOutput } from '../src/render/text-output.js';
import { createTotals } from '../src/render/totals.js';
import { reportsOf } from '../src/report/reports.js';
import { surveyRuns } from '../src/survey.js';
import { memoryWorkspace, type Tree } from './support/memory.js';

/** All but the patch, which is the user's own bytes. */
const OUTPUTS: Readonly<Record<Exclude<OutputName, 'patch'>, Output>> = {
  text: createTextOutput({ color: false, width: 100 }, 'preview', digest),
  json: createJsonOutput('1.0.0', policies),
  sarif: createSarifOutput({ version: '1.0.0', homepage: undefined, digest, policies }),
  github: createGithubOutput(digest),
  gitlab: createGitlabOutput(digest),
  junit: createJunitOutput(digest),
  markdown: createMarkdownOutput(digest),
};

const name = fc.constantFrom(
  'DB_PASSWORD',
  'API_TOKEN',
  'SECRET_KEY_BASE',
  'AWS_SECRET_ACCESS_KEY',
  'ADMIN_PASS',
);
const secret = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{11,23}[0-9]$/);

/** A secret in every place of every format in which people put one, and in a comment to harden. */
function treeWith(key: string, value: string): Tree {
  return {
    'docker-compose.yml': `services:
  # harden-ignore: compose/limit-pids -- ${key}=${value}
  web:
    image: nginx:1.27
    command: ["serve", "--${key.toLowerCase()}", "${value}"]
    environment:
      ${key}: ${value}
      DATABASE_URL: postgres://app:${value}@db:5432/app
    ports:
      - "\${${key}:-${value}}:80"
    healthcheck:
      test: ["CMD", "curl", "-u", "admin:${value}", "http://localhost"]
  db:
    image: postgres:16
    environment:
      - ${key}=${value}
`,
    Dockerfile: `FROM node:22
ARG ${key}=${value}
ENV ${key}=${value}
WORKDIR /app
RUN curl -H "Authorization: Bearer ${value}" -u me:${value} https://example.org/x | sh
COPY . .
# hadolint ignore=DL3025
CMD node index.js --${key.toLowerCase()}=${value}
`,
    'app.service': `[Service]\nEnvironment=${key}=${value}\nExecStart=/usr/bin/node /srv/app.js --${key.toLowerCase()} ${value}\n`,
    'web.container': `[Container]\nImage=docker.io/library/nginx:1.27\nEnvironment=${key}=${value}\n`,
    'fly.toml': `app = "shop"\n[env]\n${key} = "${value}"\n[http_service]\ninternal_port = 8080\n`,
    'render.yaml': `services:
  - type: web
    name: shop
    runtime: node
    startCommand: node index.js --${key.toLowerCase()}=${value}
    envVars:
      - key: ${key}
        value: ${value}
`,
  };
}

test('no output and no report tells a secret, wherever it stands', async () => {
  expect([...Object.keys(OUTPUTS), 'patch'].sort()).toEqual([...OUTPUT_NAMES].sort());
  const assets = loadReportAssets();
  await fc.assert(
    fc.asyncProperty(name, secret, async (key, value) => {
      const tree = treeWith(key, value);
      for (const [output, told] of await allOf(tree, assets)) {
        const at = told.indexOf(value);
        expect([output, at === -1 ? '' : told.slice(Math.max(0, at - 120), at + 40)]).toEqual([output, '']);
      }
    }),
    { numRuns: 12 },
  );
});

async function allOf(
  tree: Tree,
  assets: ReturnType<typeof loadReportAssets>,
): Promise<readonly (readonly [string, string])[]> {
  const run = createRun(memoryWorkspace(tree), { phase: 3 });
  const all = [...run.outcomes()].map((outcome) => ({
    outcome,
    written: undefined,
    companions: [],
    builders: [],
  }));
  const outputs = Object.entries(OUTPUTS).map(([output, made]) => {
    const pieces: readonly Piece[] = all.flatMap((told) => made.outcome(told));
    const held = pieces.filter(({ rank }) => rank !== undefined);
    const body = pieces.map(({ text }) => text).join('');
    return [output, made.head() + body + made.foot(createTotals(), held)] as const;
  });
  const survey = surveyRuns((phase, texts = new Map()) =>
    createRun(memoryWorkspace({ ...tree, ...Object.fromEntries(texts) }), { phase }),
  );
  const about = { project: 'shop', version: '1.0.0', date: '2026-01-02' };
  return [...outputs, ...(await reportsOf(survey, about, assets))];
}
