import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { seccompData } from '../../src/seccomp/data.js';
import { countAllowed, countDefault, seccompProfile } from '../../src/seccomp/profile.js';
import { runtimeClass, runtimeClasses } from '../../src/seccomp/runtime-classes.js';
import { isSystemCall } from '../../src/seccomp/system-calls.js';
import { catalogueEntries } from '../../scripts/catalogue-schema.js';
import { DANGEROUS } from './support.js';

const sources = seccompData().classes;

/** What programs called under strace -f, by their class. */
const traced = parse(readFileSync(new URL('./fixtures/traced.yml', import.meta.url), 'utf8')) as Readonly<
  Record<string, { readonly calls: string }>
>;

describe.each(runtimeClasses().map((found) => [found.name, found] as const))('%s', (name, { calls }) => {
  const profile = seccompProfile({ calls, capabilities: [], noNewPrivileges: true, init: true });

  test('allows what a program of it was seen to call', () => {
    const allowed = new Set(profile.syscalls.flatMap(({ names }) => names));
    const missing = traced[name]!.calls.split(/\s+/).filter((call) => !allowed.has(call));
    expect(missing).toEqual([]);
  });

  test('names calls that exist', () => {
    expect([...calls].filter((name) => !isSystemCall(name))).toEqual([]);
  });

  test('is well below the default, and above what a server can do without', () => {
    const count = countAllowed(profile, []);
    expect(count).toBeLessThan(countDefault([]) * 0.85);
    const allowed = new Set(profile.syscalls.flatMap(({ names }) => names));
    for (const call of ['accept4', 'openat', 'clone', 'epoll_pwait', 'execve', 'wait4']) {
      expect(allowed).toContain(call);
    }
  });

  test('allows nothing dangerous but pipes with a name', () => {
    const allowed = new Set(
      profile.syscalls.filter(({ includes }) => !includes).flatMap(({ names }) => names),
    );
    const dangerous = DANGEROUS.flat().filter((name) => !name.startsWith('mknod') && allowed.has(name));
    expect(dangerous).toEqual([]);
  });
});

describe('which class', () => {
  test.each([
    ['/usr/local/bin/python3.12', 'python'],
    ['node', 'node'],
    ['/opt/java/openjdk/bin/java', 'jvm'],
    ['nginx', 'nginx-like'],
    ['redis-server', 'glibc-server'],
    ['traefik', 'static-go'],
    ['sh', undefined],
    ['', undefined],
    ['constructor', undefined],
    ['42', undefined],
  ])('a program %j has', (program, name) => {
    expect(runtimeClass({ program })?.name).toBe(name);
  });

  test('an image has, where its own program runs', () => {
    expect(runtimeClass({ image: 'postgres' })?.name).toBe('glibc-server');
    expect(runtimeClass({ image: 'postgres', program: 'sh' })).toBeUndefined();
    expect(runtimeClass({ image: 'debian' })).toBeUndefined();
    expect(runtimeClass({})).toBeUndefined();
  });

  test('no program and no image is of two, and each image is in the catalogue', () => {
    const known = new Set(catalogueEntries().map(({ facts }) => facts.name));
    for (const key of ['programs', 'images'] as const) {
      const all = sources.flatMap((source) => source[key]);
      expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
      if (key === 'images') expect(all.filter((name) => !known.has(name))).toEqual([]);
    }
  });

  test('every part is used, and every class says where it is from', () => {
    // What health checks call goes with any class, and with a recording that has none.
    const used = new Set([...sources.flatMap(({ parts }) => parts), 'health-check']);
    expect(
      seccompData()
        .parts.map(({ name }) => name)
        .filter((name) => !used.has(name)),
    ).toEqual([]);
    for (const { cites } of sources) expect(cites.length).toBeGreaterThan(0);
  });
});
