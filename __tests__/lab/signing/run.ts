/**
 * `npm run lab:signing -- [--folder FOLDER]`: lets the steps of the workflow that `harden init --sign` writes sign and name an
 * image in a registry on this machine, with Debian's cosign 3, buildx and Compose, and a certificate of the lab's own
 * authority; then lets `verify-images.sh` decide on signed, unsigned, wrongly signed and re-tagged images. Exit code 1
 * when something doesn't hold. Packages stay in the folder for the next run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../src/core/errors.js';
import { obstacle } from '../machine.js';
import { trySigning } from './cases.js';
import { fetchPrograms } from './programs.js';

const { values } = parseArgs({ options: { folder: { type: 'string' } } });
const folder = values.folder ?? join(tmpdir(), 'harden-lab-signing');

async function programsOrReason(): Promise<readonly string[] | string> {
  const reason = obstacle();
  if (reason !== undefined) return reason;
  try {
    return await fetchPrograms(join(folder, 'programs'));
  } catch (error) {
    return messageOf(error);
  }
}

const programs = await programsOrReason();
if (typeof programs === 'string') {
  console.log(`the lab of signing did not run: ${programs}`);
} else {
  const work = mkdtempSync(join(tmpdir(), 'harden-signing-'));
  try {
    const results = await trySigning(programs, work);
    for (const { name, fault } of results)
      console.log(fault === undefined ? `ok      ${name}` : `FAILED  ${name}\n${fault}`);
    const failed = results.filter(({ fault }) => fault !== undefined).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
