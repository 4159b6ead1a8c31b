import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, type Outcome } from '../../../src/io/process.js';
import { NEEDS_NAME } from '../../../src/io/config.js';
import { HARDEN, runIn } from '../systemd/command.js';
import type { Container } from '../systemd/container.js';
import type { Daemon } from '../systemd/daemon.js';
import { unitPath } from '../systemd/harden.js';
import { doStep } from '../systemd/trial.js';

/** The unit's repository inside, and the files by which `harden learn` and the lab wait for each other. */
const FOLDER = '/tmp/learned';
const [UP, USED] = ['/run/harden-lab-up', '/run/harden-lab-used'];

/** The smoke command: the lab's own clients use the unit meanwhile. */
const SMOKE = `touch ${UP}; until test -e ${USED}; do sleep 0.1; done`;

/** How long a step may take under strace, and the whole of it, in milliseconds. */
const PATIENCE = { step: 30_000, all: 300_000 };

/** Has `harden learn --unit` record a unit inside while its clients use it; returns the text of the needs file. */
export async function recordUnit(container: Container, daemon: Daemon): Promise<string> {
  const path = await unitPath(container, daemon);
  await container.write(join(FOLDER, path), `${await container.must(['cat', path])}\n`);
  const words = [...HARDEN, 'learn', '--unit', path.slice(1), '--allow-host', '--smoke', SMOKE];
  let ended: Outcome | undefined;
  const learning = runIn(container, { folder: FOLDER, timeout: PATIENCE.all }, words).then((outcome) => {
    ended = outcome;
    return outcome;
  });
  while (ended === undefined && (await container.call(['test', '-e', UP])).code !== 0) await sleep(200);
  if (ended === undefined) {
    for (const step of daemon.work) {
      const { fault } = await doStep(container, daemon, step, PATIENCE.step);
      if (fault !== undefined) throw new Error(`under strace, ${step.name}: ${fault}`);
    }
    await container.must(['touch', USED]);
  }
  const { code, stdout, stderr } = await learning;
  // What it warns of would be missing in the recording.
  if (code !== 0 || stderr !== '')
    throw new Error(`harden learn: exit code ${code}: ${lastLines(stderr === '' ? stdout : stderr)}`);
  const left = await container.call(['sh', '-c', 'find /run/systemd/system.control/* /run/harden-learn-*']);
  if (left.stdout !== '') throw new Error(`harden learn left ${left.stdout}`);
  return `${await container.must(['cat', join(FOLDER, NEEDS_NAME)])}\n`;
}
