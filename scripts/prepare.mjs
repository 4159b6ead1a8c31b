import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Builds what is published. `npm install --global` of a git repository, which is how pre-commit installs a hook, runs this in
 * a clone whose own dependencies it has put nowhere: the flag that is meant for harden reaches them too.
 * https://github.com/npm/cli/blob/v11.0.0/workspaces/config/lib/set-envs.js
 */
const npm = (...args) => {
  const env = { ...process.env, npm_config_global: 'false', npm_config_location: 'project' };
  execFileSync('npm', args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
};

if (!existsSync(new URL('../node_modules/.bin/tsc', import.meta.url))) {
  npm('ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund');
}
npm('run', '--silent', 'build');
