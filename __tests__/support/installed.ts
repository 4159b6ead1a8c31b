import { test } from '@jest/globals';
import { call } from '../../src/io/process.js';

/** Tests that ask a program; where it is not installed they are skipped, which is told. */
export async function testWith(program: string): Promise<typeof test | typeof test.skip> {
  const { code } = await call(program, ['--version']);
  if (code === 0) return test;
  process.stderr.write(`skipped: ${program} is not installed, and some tests ask it\n`);
  return test.skip;
}
