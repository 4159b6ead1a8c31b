import { realpathSync } from 'node:fs';
import { examine } from '../doctor/examine.js';
import { packageVersion } from '../io/package.js';
import { doctorText, doctorVerdict } from '../render/doctor.js';
import type { ConfigArgument } from './config.js';
import { EXIT_CHANGES, print, wantsColor, type ExitCode } from './output.js';
import { createStatus } from './status.js';

export interface DoctorArguments {
  readonly output: 'text' | 'json';
  /** Asks a registry too. */
  readonly network: boolean;
  readonly config?: ConfigArgument;
  readonly color?: boolean;
}

/** `harden doctor`: what there is to work with, and what to do about what can't be used. */
export async function runDoctor(args: DoctorArguments): Promise<ExitCode> {
  const color = wantsColor(args.color);
  const width = Math.min(110, process.stdout.columns ?? 100);
  const status = createStatus();
  status.say('asking the tools');
  const checkups = await examine({
    root: realpathSync(process.cwd()),
    config: args.config,
    environment: process.env,
    color,
    width,
    network: args.network,
  });
  status.end();
  if (args.output === 'json') {
    await print(`${JSON.stringify({ schema: 1, version: packageVersion(), checkups }, undefined, 2)}\n`);
  } else {
    await print(doctorText(checkups, { color, width }) + doctorVerdict(checkups));
  }
  return checkups.some(({ state }) => state === 'broken') ? EXIT_CHANGES : 0;
}
