import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDestination } from '../../../src/core/destination.js';
import { egressConfigPath, squidConfig } from '../../../src/workload/compose/egress-proxy.js';

/** The lines that let something through, with the lists that they name. */
function allowedBy(text: string): readonly { readonly words: readonly string[]; readonly ports: string }[] {
  const lists = new Map(
    [...text.matchAll(/^acl (\S+) (?:dstdomain -n|dst|port) (.+)$/gm)].map(([, name = '', words = '']) => [
      name,
      words.split(' '),
    ]),
  );
  return [...text.matchAll(/^http_access allow (\S+) (\S+)$/gm)].map(([, hosts = '', ports = '']) => ({
    words: lists.get(hosts) ?? [],
    ports: (lists.get(ports) ?? []).join(' '),
  }));
}

describe('the configuration of the proxy', () => {
  test('lets each destination through on its ports, and refuses all else in the end', () => {
    const text = squidConfig([
      { service: 'a', hosts: ['api.example.com', '192.0.2.0/24', '[2001:db8::7]:8443'] },
      { service: 'b\nhttp_access allow all', hosts: ['api.example.com', 'hooks.example.com:8443'] },
    ]);
    expect(allowedBy(text)).toEqual([
      { words: ['api.example.com'], ports: '80 443' },
      { words: ['192.0.2.0/24'], ports: '80 443' },
      { words: ['hooks.example.com'], ports: '8443' },
      { words: ['2001:db8::7'], ports: '8443' },
    ]);
    expect(text.match(/^http_access .*$/gm)?.at(-1)).toBe('http_access deny all');
    expect(text).not.toMatch(/^http_access allow all/m);
  });

  test('names no host beside a domain that holds it, which Squid refuses', () => {
    const text = squidConfig([
      {
        service: 'a',
        hosts: ['.example.com', 'api.example.com', 'example.com', 'notexample.com', '.a.example.com'],
      },
    ]);
    expect(allowedBy(text)).toEqual([{ words: ['.example.com', 'notexample.com'], ports: '80 443' }]);
  });

  test('allows what is named, whatever that is, and nothing besides', () => {
    const host = fc.oneof(
      fc.domain().filter((word) => parseDestination(word) !== undefined),
      fc.ipV4(),
      fc.domain().map((word) => `.${word}`),
    );
    fc.assert(
      fc.property(fc.uniqueArray(host, { minLength: 1, maxLength: 6 }), (hosts) => {
        const named = hosts.flatMap((word) => parseDestination(word) ?? []);
        const words = new Set(allowedBy(squidConfig([{ service: 'a', hosts }])).flatMap((one) => one.words));
        const covers = (word: string, name: string): boolean =>
          word === name || (word.startsWith('.') && `.${name}`.endsWith(word));
        const names = named.map((one) => (one.kind === 'host' ? one.name : one.address));
        expect(names.every((name) => [...words].some((word) => covers(word, name)))).toBe(true);
        expect([...words].every((word) => names.includes(word))).toBe(true);
      }),
    );
  });
});

test.each([
  ['docker-compose.yml', './egress/squid.conf'],
  ['deploy/compose.yaml', './egress/squid.conf'],
  ['deploy/production.yml', './egress/production.conf'],
])('of %s it is %s', (file, path) => {
  expect(egressConfigPath(file)).toBe(path);
});
