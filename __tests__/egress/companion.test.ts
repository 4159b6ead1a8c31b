import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sealOf } from '../../src/io/write.js';
import { folderOf, get, harden, put } from '../support/cli.js';
import type { Tree } from '../support/memory.js';

const TREE: Tree = {
  'deploy/docker-compose.production.yml': `services:
  api:
    image: python:3.13
    command: [python, api.py]
  jobs:
    image: python:3.13
    command: [python, jobs.py]
`,
  'harden.config.yml': `overrides:
  - file: deploy/docker-compose.production.yml
    service: api
    egress: [api.example.com, "hooks.example.net:8443"]
  - file: deploy/docker-compose.production.yml
    service: jobs
    egress: [.example.com]
`,
};
const ONLY = ['--phase', '3', '--only', 'compose/limit-egress'];
const CONFIG = 'deploy/egress/docker-compose.production.conf';

describe('the configuration of the proxy', () => {
  test('is shown in a preview, and not written', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ONLY);
    expect(code).toBe(0);
    expect(stdout).toContain('deploy/egress/docker-compose.production.conf (new)');
    expect(stdout).toContain('+acl names_80_443 dstdomain -n .example.com\n');
    expect(existsSync(join(root, 'deploy/egress'))).toBe(false);
  });

  test('is written beside the file, named after it, and read from there', async () => {
    const root = folderOf(TREE);
    expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
    expect(get(root, 'deploy/docker-compose.production.hardened.yml')).toContain(
      '- "./egress/docker-compose.production.conf:/etc/squid/squid.conf:ro"\n',
    );
    const text = get(root, CONFIG);
    expect(sealOf(text)).toBe('intact');
    expect(text).toMatch(/^# api: api\.example\.com, hooks\.example\.net:8443\n# jobs: \.example\.com\n/);
  });

  test('follows what is said of the hosts, and is kept where somebody has edited it', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', ...ONLY]);
    put(root, 'harden.config.yml', TREE['harden.config.yml']!.replace('.example.com]', 'files.example.org]'));
    expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
    expect(get(root, CONFIG)).toContain('dstdomain -n api.example.com files.example.org\n');
    put(root, CONFIG, get(root, CONFIG).replace('files.example.org', 'files.example.org other.example.org'));
    const kept = await harden(root, ['--write', ...ONLY]);
    expect(kept.code).toBe(2);
    expect(get(root, CONFIG)).toContain('other.example.org');
  });
});
