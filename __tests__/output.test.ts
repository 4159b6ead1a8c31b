import { afterEach, expect, jest, test } from '@jest/globals';
import { print } from '../src/cli/output.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test('waits for a reader that is slow, and leaves no listener behind', async () => {
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(false);
  const listeners = (): number[] =>
    ['drain', 'close', 'error'].map((event) => process.stdout.listenerCount(event));
  const before = listeners();
  for (let at = 1; at <= 3; at += 1) {
    let done = false;
    const printed = print('text').then(() => (done = true));
    await new Promise(setImmediate);
    expect(done).toBe(false);
    process.stdout.emit('drain');
    await printed;
    expect(written).toHaveBeenCalledTimes(at);
  }
  expect(listeners()).toEqual(before);
});
