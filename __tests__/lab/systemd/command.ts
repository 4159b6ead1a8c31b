import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../../src/io/process.js';
import type { Container, RunOptions, Shared } from './container.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where a container has this node and what was built of harden. */
const INSIDE = '/run/harden-built';
const PARTS = ['dist', 'node_modules', 'package.json', 'src/config/config.schema.json'];

/** What a container has to share for `harden` to run inside. */
export const COMMAND_SHARED: Shared = {
  [`${INSIDE}/node`]: process.execPath,
  ...Object.fromEntries(PARTS.map((part) => [join(INSIDE, part), join(PROJECT, part)])),
};

/** The words that start `harden` inside. */
export const HARDEN = [`${INSIDE}/node`, `${INSIDE}/dist/src/cli/main.js`];

/** Where it is run inside. */
export interface Place extends Pick<RunOptions, 'timeout'> {
  readonly folder: string;
  /** The user that runs it; root by default. */
  readonly owner?: string | undefined;
}

/** Runs a program in a folder inside, as a user with a systemd of its own would. */
export function runIn(
  container: Container,
  { folder, owner, timeout }: Place,
  words: readonly string[],
): Promise<Outcome> {
  const script = 'cd "$0" && XDG_RUNTIME_DIR=/run/user/$(id -u) exec "$@"';
  return container.call(['sh', '-c', script, folder, ...words], {
    timeout,
    ...(owner === undefined ? {} : { user: owner }),
  });
}
