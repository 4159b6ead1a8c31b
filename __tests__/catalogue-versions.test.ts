import { expect, test } from '@jest/globals';
import { isOutside } from '../src/catalogue/versions.js';

const READ = { since: '25.6', except: ['*distroless*'], cites: [] };

test.each([
  ['25.5', true],
  ['v25.5.6', true],
  ['23.3.7.5-alpine', true],
  ['3', true],
  ['26.7-distroless', true],
  ['distroless', true],
  ['25.6', false],
  ['25.10.2', false],
  ['25', false],
  ['25-alpine', false],
  ['26.1', false],
  ['latest', false],
  ['head-alpine', false],
])('facts read of 25.6 and later: %s is outside: %s', (tag, outside) => {
  expect(isOutside(tag, READ)).toBe(outside);
});
