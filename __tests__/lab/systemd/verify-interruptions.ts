import { join } from 'node:path';
import type { Container } from './container.js';
import { leftOvers, type Verified, verify, verifyWords, type VerifyRun } from './verify-command.js';
import { unitText } from './verify-cases.js';

const UNIT = 'trial-steady.service';
const RUN: VerifyRun = { folder: '/tmp/steady' };
/** A service that answers, and that nothing is wrong with. */
const STEADY = ['ExecStart=/usr/bin/python3 /opt/trial/serve.py 8190 -'];

/** Sends the signal once the unit is up, so that verify is in the midst of its trial. */
const SEND = `cd "$0" && signal=$1 unit=$2 && shift 2
"$@" >/dev/null 2>&1 & verify=$!
until systemctl is-active --quiet "$unit"; do kill -0 $verify || exit 100; sleep 0.1; done
kill -s "$signal" $verify && wait $verify`;

/** How long a run that gets a signal may take, in milliseconds. */
const PATIENCE = 60_000;

/** What is wrong with how verify ends by a signal, by its name: undefined when nothing is. */
export async function tryInterruptions(
  container: Container,
): Promise<ReadonlyMap<string, string | undefined>> {
  const path = join(RUN.folder, 'systemd/system', UNIT);
  await container.write(path, unitText(STEADY));
  await container.write(`${path}.hardened`, unitText([...STEADY, 'PrivateTmp=yes']));
  const faults = new Map<string, string | undefined>();
  for (const signal of ['INT', 'TERM']) {
    const { code, left } = await interrupt(container, signal);
    const fault = code === 2 && left === '' ? undefined : `exit code ${code}; it left ${left}`;
    faults.set(`ended by SIG${signal}`, fault);
  }
  const killed = await interrupt(container, 'KILL');
  const next = await verify(container, RUN);
  const left = await leftOvers(container);
  const swept = killed.left.includes(UNIT) && left === '' && allAre('passed', next);
  const fault = `it left ${killed.left}; the next run left ${left}: ${JSON.stringify(next)}`;
  faults.set('ended by SIGKILL, and run again', swept ? undefined : fault);
  faults.set('a service that is running', await tryRunning(container));
  return faults;
}

async function interrupt(
  container: Container,
  signal: string,
): Promise<{ readonly code: number; readonly left: string }> {
  const words = verifyWords({ ...RUN, settle: 60 });
  const { code } = await container.call(['sh', '-c', SEND, RUN.folder, signal, UNIT, ...words], {
    timeout: PATIENCE,
  });
  return { code, left: await leftOvers(container) };
}

/** A service that is running is not touched. */
async function tryRunning(container: Container): Promise<string | undefined> {
  await container.write(`/run/systemd/system/${UNIT}`, unitText(STEADY));
  await container.must(['systemctl', 'daemon-reload']);
  await container.must(['systemctl', 'start', UNIT]);
  const process = (): Promise<string> => container.must(['systemctl', 'show', '-P', 'MainPID', UNIT]);
  const before = await process();
  const results = await verify(container, RUN);
  const untouched = before !== '0' && before === (await process());
  return untouched && allAre('skipped', results) ? undefined : JSON.stringify(results);
}

function allAre(outcome: string, { rounds }: Verified): boolean {
  const checks = rounds.flatMap((round) => round.checks);
  return checks.length > 0 && checks.every((check) => check.outcome === outcome);
}
