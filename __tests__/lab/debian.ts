import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.js';
import { debianMirror, SUITE } from './machine.js';
import { labelled } from './recipes.js';
import { must } from '../../src/io/process.js';

export const DEBIAN = ['debian:bookworm-slim', 'debian:bookworm'] as const;

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
export async function makeDebian(engine: Engine, folder: string, recipe: string): Promise<void> {
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
    ...['import', '--change', `LABEL ${labelled(recipe)}`, '--change', 'CMD ["bash"]'],
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
