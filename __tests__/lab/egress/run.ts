/**
 * `npm run lab:egress [-- --folder FOLDER]`: starts a project among hosts of a world of its own, hardens it, and sees that
 * it reaches the hosts that it names and no other; exit code 1 when something doesn't hold. It uses the engine and the images
 * of `npm run lab`, and like it skips where it can't have them. The engine has no rules of a firewall there: what keeps
 * packets in is that an internal network has no way out.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAIN } from '../../support/command.js';
import { startEngine } from '../engine.js';
import { onInterruption } from '../interruption.js';
import { fetchEngine, obstacle } from '../machine.js';
import { makeServers } from '../servers.js';
import { makeStandIns } from '../stand-ins.js';
import { tryEgress } from './trial.js';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { folder: { type: 'string' } } });
  const missing = obstacle();
  if (missing !== undefined) {
    console.log(`The lab is skipped: ${missing}.\n0 passed, 0 failed`);
    return 0;
  }
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const folder = values.folder ?? join(tmpdir(), 'harden-lab');
  const engine = await startEngine(join(folder, 'images'), await fetchEngine(join(folder, 'engine')));
  const signal = onInterruption(() => engine.stop());
  try {
    await makeStandIns(engine, join(folder, 'stand-ins'));
    await makeServers(engine);
    const checks = await tryEgress(engine, signal);
    for (const { name, fault } of checks) {
      if (fault === undefined) console.log(`ok      ${name}`);
      else console.log(`FAILED  ${name}\n${fault.replace(/^/gm, '        ')}`);
    }
    const failed = checks.filter(({ fault }) => fault !== undefined).length;
    console.log(`${checks.length - failed} passed, ${failed} failed`);
    return failed > 0 || signal.aborted ? 1 : 0;
  } finally {
    await engine.stop();
  }
}

process.exitCode = await main();
