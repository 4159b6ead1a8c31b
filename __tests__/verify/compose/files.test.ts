import { expect, test } from '@jest/globals';
import { copyOf, pairOf } from '../working-copy.js';
import { composeFiles } from '../../../src/verify/compose/files.js';

const BASE = 'services:\n  web:\n    image: nginx:1.27\n';
const FRAGMENT = 'services:\n  web:\n    restart: always\n';

test('a base is a project with its override, whichever of both is asked for', () => {
  const copy = copyOf({ 'app/compose.override.yaml': FRAGMENT }, [
    pairOf('app/compose.yml', BASE),
    pairOf('app/compose.override.yaml', FRAGMENT),
  ]);
  for (const pair of copy.pairs) {
    expect(composeFiles(pair, copy)).toEqual({
      original: ['app/compose.yml', 'app/compose.override.yaml'],
      hardened: ['app/compose.hardened.yml', 'app/compose.override.hardened.yaml'],
    });
  }
});

test('what only adds to a base stands over it, and a base without changes stays itself', () => {
  const copy = copyOf({ 'docker-compose.yml': BASE, 'compose.override.yml': FRAGMENT }, [
    pairOf('docker-compose.prod.yml', FRAGMENT),
  ]);
  expect(composeFiles(copy.pairs[0]!, copy)).toEqual({
    original: ['docker-compose.yml', 'docker-compose.prod.yml'],
    hardened: ['docker-compose.yml', 'docker-compose.prod.hardened.yml'],
  });
});

test('a whole project beside a base stands alone', () => {
  const copy = copyOf({ 'docker-compose.yml': BASE }, [pairOf('docker-compose.dev.yml', BASE)]);
  expect(composeFiles(copy.pairs[0]!, copy)).toEqual({
    original: ['docker-compose.dev.yml'],
    hardened: ['docker-compose.dev.hardened.yml'],
  });
});
