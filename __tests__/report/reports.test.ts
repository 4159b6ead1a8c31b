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
    expect(text).toMatch(/\| CIS-Docker-5\.1 \| it is a state of the engine \| `docker info --format/);
    const asked = [...text.matchAll(/^\| [\w., -]+ \| [^|]* \| (`.*`) \|$/gm)].map(([, command]) => command);
    expect(asked.length).toBeGreaterThan(10);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('tells each rule once, under a name that all other parts use', () => {
    const headings = [...text.matchAll(/^#### ([CHMLI]\d+)\. (.*)$/gm)];
    const titles = headings.map(([, , title]) => title);
    expect(titles.length).toBeGreaterThan(10);
    expect(new Set(titles).size).toBe(titles.length);
    const names = headings.map(([, name]) => name);
    const used = [...text.matchAll(/\((?:[CHMLI]\d+, )*([CHMLI]\d+)\)|^ *- (?:\*\*)?([CHMLI]\d+)\b/gm)].map(
      ([, last, first]) => last ?? first,
    );
    expect(new Set(used).size).toBeGreaterThan(10);
    expect(used.filter((name) => !names.includes(name!))).toEqual([]);
  });

  test('says what moves a control, and the findings behind it', () => {
    const [, name] = /^#### (H\d+)\. Publish ports on the loopback address/m.exec(text)!;
    expect(text).toContain(`- 5.14: FAIL, PASS after phase 2 (${name!})`);
    expect(text).toContain(`- 1.3.1: FAIL, PASS after phase 2 (${name!})`);
  });
});

test('a stage that only the result has is not called by a number of the file', () => {
  const tree = {
    Dockerfile:
      'FROM node:22-bookworm\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nUSER node\nCMD ["node", "index.js"]\n',
    'package.json':
      '{ "name": "shop", "dependencies": { "express": "5" }, "devDependencies": { "vitest": "3" } }',
    'package-lock.json': '{ "name": "shop", "lockfileVersion": 3, "packages": {} }',
    'index.js': 'console.log(1);\n',
  };
  const text = assessment(surveyOf(tree), ABOUT);
  expect(text).toContain('(the stage that harden adds)');
  expect(text).not.toMatch(/\(stage \d/);
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
    expect(text).not.toMatch(/sudo systemctl (?!restart docker$)/m);
  });

  test('checks images, settings in force, and a unit by its own manager', () => {
    expect(text).toContain('docker run --rm --entrypoint id hardened\n');
    expect(text).toContain('docker run --rm --entrypoint ls hardened -ln /app\n');
    expect(text).toMatch(/ps --quiet \| xargs docker inspect --format '.*ReadonlyRootfs/);
    expect(text).toContain('systemd-analyze --user verify /tmp/shop-sync.service');
  });

  test('builds in the context from which Compose builds, and builds a project anew with its image', () => {
    const tree = {
      'compose.yml': 'services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n',
      'docker/Dockerfile':
        'FROM debian:12\nWORKDIR /srv\nCOPY app /srv/app\nRUN apt-get update && apt-get install -y curl\nUSER www-data\nCMD ["/srv/app"]\n',
    };
    const text = guide(surveyOf(tree), ABOUT);
    expect(text).toContain('docker build --file docker/Dockerfile.hardened --tag hardened .\n');
    const third = text.slice(text.indexOf('### Phase 3'), text.indexOf('## Rollback'));
    expect(third).toContain('chmod a-s');
    expect(third).toContain('docker compose --file compose.hardened.yml up --detach --build --wait');
    expect(third).not.toContain('docker build --file');
  });

  test('names the override file of a project, and starts none by itself', () => {
    const tree = {
      'docker-compose.yml': 'services:\n  cache:\n    image: redis:7\n',
      'docker-compose.override.yml': 'services:\n  cache:\n    ports: ["6379:6379"]\n',
    };
    const text = guide(surveyOf(tree), ABOUT);
    const files = [
      ...new Set(
        [...text.matchAll(/docker compose (--file .*?) (?:up|config|ps|logs)/g)].map(([, all]) => all),
      ),
    ];
    expect(files).toEqual([
      '--file docker-compose.hardened.yml --file docker-compose.override.hardened.yml',
      '--file docker-compose.yml --file docker-compose.override.yml',
    ]);
  });

  test('deploys to Fly and installs Quadlets where they are', () => {
    const fly = guide(
      surveyOf({ 'fly.toml': 'app = "shop"\n[http_service]\ninternal_port = 8080\nforce_https = false\n' }),
      ABOUT,
    );
    expect(fly).toContain('fly deploy --config fly.hardened.toml');
    expect(fly).toContain('fly config validate --config fly.hardened.toml');
    const quadlet = guide(
      surveyOf({
        'web.container':
          '[Container]\nImage=docker.io/library/redis:7\nPublishPort=6379:6379\n[Install]\nWantedBy=multi-user.target\n',
      }),
      ABOUT,
    );
    expect(quadlet).toContain(
      'sudo install -D -m 644 web.container.hardened /etc/containers/systemd/web.container\nsudo systemctl daemon-reload\nsudo systemctl restart web.service',
    );
  });

  test('tells a danger once: what is to be tried is not told again below', () => {
    const [, others = ''] = /What the other changes may break:\n\n((?:- .*\n)+)/.exec(text) ?? [];
    const ids = [...others.matchAll(/^- `([\w/-]+)`/gm)].map(([, id]) => id);
    const [tried = ''] = /Besides, try what[^]*?\n\n##/.exec(text) ?? [];
    expect(tried).toContain('**Refuse new namespaces**');
    expect(ids).not.toContain('systemd/restrict-namespaces');
  });

  test('its checklist asks only for what there is to do', () => {
    const list = text.slice(text.indexOf('## Checklist'));
    expect(list).toMatch(/- \[ \] Decide the \d+ findings that harden leaves to you/);
    const unit = guide(
      surveyOf({ 'app.service': '[Service]\nExecStart=/usr/sbin/nginx -g "daemon off;"\n' }),
      ABOUT,
    );
    expect(unit).not.toContain('Bring phase 1 into use');
  });

  describe('what the host can do in phase 3', () => {
    const tree = {
      'compose.yml': `services:
  web:
    image: nginx
    ports: ["80:80"]
    volumes: ["./site:/usr/share/nginx/html:ro"]
  app:
    image: example.org/app
    volumes: ["./data:/data"]
  9-agent:
    image: example.org/agent
    network_mode: host
    pid: host
    volumes: ["./agent:/agent"]
`,
      'cache.container': '[Container]\nImage=docker.io/library/redis:7\nPublishPort=6379:6379\n',
    };
    const text = guide(surveyOf(tree), ABOUT);
    const lines = text.split('\n');
    /** The lines that name a service before what touches it. */
    const touched = (by: string): readonly string[] =>
      lines.flatMap((line) => (line.includes(by) ? [line.slice(0, line.indexOf(':'))] : []));

    test('makes SELinux types of containers with a label, with what udica cannot see', () => {
      const policies = lines.filter((line) => line.includes('sudo udica -'));
      expect(policies).toEqual([
        expect.stringMatching(
          /^docker inspect \$\(docker compose --file compose\.hardened\.yml ps --quiet web\) > web\.json && sudo udica -e docker -j web\.json -c CHOWN,DAC_OVERRIDE,NET_BIND_SERVICE,SETGID,SETUID web$/,
        ),
        expect.stringMatching(/ -j app\.json -c AUDIT_WRITE,[A-Z_,]+ app$/),
        'sudo podman inspect systemd-cache > cache.json && sudo udica -j cache.json cache',
      ]);
      const loads = lines.filter((line) => line.startsWith('sudo semodule -i'));
      expect(loads.map((line) => line.includes('net_container.cil'))).toEqual([true, false, true]);
      expect(text).toContain('`SecurityLabelType=cache.process`');
    });

    test('names the services that a rootless engine and shifted users touch', () => {
      expect(touched('publishes a port below 1024')).toEqual(['- `web`']);
      expect(touched('is not the network of the host')).toEqual(['- `9-agent`']);
      expect(touched('belongs to root of the container')).toEqual(['- `app` and `9-agent`']);
      expect(touched('starts only with `userns_mode: host`')).toEqual(['- `9-agent`']);
      expect(touched('must belong to the shifted user')).toEqual(['- `app`']);
      expect(touched('a device works')).toEqual([]);
    });

    test('says nothing of containers where there are none', () => {
      const unit = guide(
        surveyOf({ 'app.service': '[Service]\nExecStart=/usr/sbin/nginx -g "daemon off;"\n' }),
        ABOUT,
      );
      expect(unit).not.toMatch(/udica|rootless|userns/);
      const quadlet = guide(
        surveyOf({ 'cache.container': '[Container]\nImage=docker.io/library/redis:7\n' }),
        ABOUT,
      );
      expect(quadlet).toContain('udica');
      expect(quadlet).not.toMatch(/rootless engine|userns-remap/);
    });
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
