import { describe, expect, test } from '@jest/globals';
import { parseCompose } from '../src/formats/compose/parse.js';
import { overlayOf } from '../src/overlay.js';
import { folderOf, get, harden, treeOf } from './support/cli.js';

/** The overlay's text without its first comment. */
function overlay(before: string, after: string): string {
  const parsed = parseCompose('compose.yml', before);
  if (!parsed.ok) throw new Error(parsed.reason);
  const outcome = overlayOf(parsed.document, after);
  return outcome.ok ? outcome.text.replace(/^#.*\n\n/, '') : outcome.reason;
}

const BASE = `services:
  web:
    image: nginx:1.27
    ports: ["80:80", "8080:8080"]
    security_opt: [label:disable]
    environment: { A: "1" }
`;

describe('an overlay', () => {
  test('appends to a list that only grows', () => {
    const after = BASE.replace('[label:disable]', '[label:disable, no-new-privileges:true]');
    expect(overlay(BASE, after)).toBe(
      'services:\n  web:\n    security_opt:\n      - no-new-privileges:true\n',
    );
  });

  test('replaces a list of which an item changes', () => {
    expect(overlay(BASE, BASE.replace('"8080:', '"127.0.0.1:8080:'))).toBe(
      'services:\n  web:\n    ports: !override\n      - "80:80"\n      - "127.0.0.1:8080:8080"\n',
    );
  });

  test('takes away what is gone, and says only what changes of a mapping', () => {
    const after = BASE.replace('    security_opt: [label:disable]\n', '').replace(
      '{ A: "1" }',
      '{ A: "1", B: "2" }',
    );
    expect(overlay(BASE, after)).toBe(
      'services:\n  web:\n    environment:\n      B: "2"\n    security_opt: !reset null\n',
    );
  });

  test('says for each service what a mapping that it merges gets', () => {
    const before = `x-app: &app
  restart: always
services:
  web:
    <<: *app
    image: example/web
  worker: &worker
    image: example/worker
  more:
    <<: *worker
    command: more
`;
    const after = before
      .replace('restart: always\n', 'restart: always\n  pids_limit: 64\n')
      .replace('example/worker\n', 'example/worker\n    init: true\n');
    expect(overlay(before, after)).toBe(
      'services:\n  web:\n    pids_limit: 64\n  worker:\n    init: true\n  more:\n    init: true\n',
    );
  });

  test('says again what a service extends in its own file, which Compose fills in before it merges', () => {
    const before = `services:
  base:
    image: example/base
    ports: ["80:80"]
    init: false
  first:
    extends: base
    init: true
    ports: ["81:81"]
  second:
    extends: { service: first }
  other:
    extends: { file: other.yml, service: base }
`;
    const after = before
      .replace('"80:80"', '"127.0.0.1:80:80"')
      .replace('init: false', 'init: false\n    cap_drop: [ALL]');
    expect(overlay(before, after)).toBe(`services:
  base:
    ports: !override
      - "127.0.0.1:80:80"
    cap_drop:
      - ALL
  first:
    ports: !override
      - "127.0.0.1:80:80"
      - "81:81"
    cap_drop:
      - ALL
  second:
    ports: !override
      - "127.0.0.1:80:80"
      - "81:81"
    cap_drop:
      - ALL
`);
  });

  test('gives the whole of a command, which Compose replaces', () => {
    const before = BASE.replace('    ports', '    command: [nginx, -g, daemon off;]\n    ports');
    expect(overlay(before, before.replace('nginx, -g', 'nginx, -q, -g'))).toBe(
      'services:\n  web:\n    command:\n      - nginx\n      - -q\n      - -g\n      - daemon off;\n',
    );
  });

  test('keeps types, and digits as they are written', () => {
    const after = `${BASE}    read_only: true\n    pids_limit: 256\n    user: "101:101"\n    secrets: [{ source: s, mode: 0440 }]\nsecrets: { s: { file: ./s } }\n`;
    expect(overlay(BASE, after)).toBe(`services:
  web:
    read_only: true
    pids_limit: 256
    user: "101:101"
    secrets:
      - source: s
        mode: "0440"
secrets:
  s:
    file: ./s
`);
  });

  test('writes out what stands behind an alias', () => {
    const before = 'x-opts: &opts [a]\nservices:\n  web:\n    image: nginx\n    cap_add: *opts\n';
    expect(overlay(before, before.replace('*opts', '[a, b]'))).toBe(
      'services:\n  web:\n    cap_add:\n      - b\n',
    );
  });

  test('writes out what a mapping merges from an anchor', () => {
    const before = 'x-log: &log { driver: json-file }\nservices:\n  web:\n    image: nginx\n';
    expect(overlay(before, `${before}    logging: { <<: *log, options: { max-size: 10m } }\n`)).toBe(
      'services:\n  web:\n    logging:\n      driver: json-file\n      options:\n        max-size: 10m\n',
    );
  });

  test('is refused for several documents', () => {
    expect(overlay(`${BASE}---\nservices: { a: { image: b } }\n`, BASE)).toContain('several YAML documents');
  });
});

describe('--write --overlay', () => {
  const tree = {
    'docker-compose.yml':
      'services:\n  cache: # for sessions\n    image: redis:7\n    ports: ["6379:6379"]\n',
  };

  test('writes the changes beside the file, which a second run finds as they are and does not harden', async () => {
    const root = folderOf(tree);
    const first = await harden(root, ['--write', '--overlay', '--only', 'bind-ports-to-loopback']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(get(root, 'docker-compose.hardening.yml')).toMatch(
      /^# Merged over docker-compose\.yml: docker compose -f docker-compose\.yml -f docker-compose\.hardening\.yml up -d --build\n\nservices:\n {2}cache:\n {4}ports: !override\n {6}- "127\.0\.0\.1:6379:6379"\n# Written by harden from docker-compose\.yml; sha256 /,
    );
    const written = treeOf(root);
    expect(Object.keys(written).sort()).toEqual(['docker-compose.hardening.yml', 'docker-compose.yml']);
    const second = await harden(root, ['--write', '--overlay', '--only', 'bind-ports-to-loopback']);
    expect(second.code).toBe(0);
    expect(treeOf(root)).toEqual(written);
  });

  test('is nothing by itself', async () => {
    const { code, stderr } = await harden(folderOf(tree), ['--overlay']);
    expect(code).toBe(2);
    expect(stderr).toContain('write');
  });
});
