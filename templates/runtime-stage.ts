/** What links to shared libraries; nothing for no look-up. */
export interface Linked {
  /** Folders with libraries and add-ons in them, by their names. */
  readonly folders: readonly string[];
  /** Programs, or folders of programs. */
  readonly programs: readonly string[];
}

/** What the stages that a conversion appends consist of. All are lines of a Dockerfile; a text may hold several. */
export interface RuntimeStageParts {
  /** Name of the author's stage. */
  readonly build: string;
  /** Name of the stage between: where development dependencies go and libraries are looked up. */
  readonly between: string;
  /** The image of the runtime stage. */
  readonly image: string;
  /** `--platform=…` as the author's FROM has it. */
  readonly platform: string | undefined;
  /** Shell commands that leave of the project what runs. */
  readonly prune: readonly string[];
  readonly workdir: string;
  readonly linked: Linked;
  /** True where the author's stage has another shell than the default. */
  readonly ownShell: boolean;
  readonly packages: readonly string[];
  readonly packageManager: 'apt' | 'apk';
  /** The author's instructions that configure the system, in their order. */
  readonly system: readonly string[];
  readonly copies: readonly {
    readonly path: string;
    readonly to: string;
    readonly chown: string | undefined;
  }[];
  /** The author's instructions that say how the program starts, in their order. */
  readonly start: readonly string[];
}

/** Where the look-up leaves the packages' names. */
const LIST = '/runtime-packages';

/**
 * Names the Debian packages that own the shared libraries which files link to, the way docker-library's images find
 * theirs: https://github.com/docker-library/python/blob/master/Dockerfile-linux.template. dpkg knows a library below
 * /usr by its path there or, of before /usr was merged, by that below /: hence the pattern.
 */
function lookUpLibraries(folders: readonly string[], programs: readonly string[]): string {
  const [ldd, libraries, owners] = ['/tmp/ldd', '/tmp/libraries', '/tmp/owners'];
  const run = String.raw`-exec ldd '{}' ';'`;
  const inFolders = String.raw`find ${folders.join(' ')} -type f \( -name '*.so' -o -name '*.so.*' -o -name '*.node' \) ${run}; `;
  const ofPrograms = String.raw`find ${programs.join(' ')} -type f -perm /0111 -size +64k ${run}; `;
  const finds = (folders.length > 0 ? inFolders : '') + (programs.length > 0 ? ofPrograms : '');
  return [
    `RUN { ${finds}} > ${ldd} 2> /dev/null; \\`,
    String.raw`    awk '/=> \// && !seen[$3]++ { sub("^/(usr/)?", "", $3); print "*/" $3 }' ${ldd} > ${libraries} \ `.trimEnd(),
    `    && { xargs -r -a ${libraries} dpkg-query --search > ${owners} 2> /dev/null || true; } \\`,
    `    && awk 'sub(":$", "", $1) && !seen[$1]++ { print $1 }' ${owners} > ${LIST}`,
  ].join('\n');
}

function isLinked({ folders, programs }: Linked): boolean {
  return folders.length + programs.length > 0;
}

function between(parts: RuntimeStageParts): string[] {
  const { build, linked, ownShell, prune, workdir } = parts;
  if (prune.length === 0 && !isLinked(linked)) return [];
  const lines = ['', `FROM ${build} AS ${parts.between}`];
  if (ownShell) lines.push('SHELL ["/bin/sh", "-c"]');
  lines.push('USER root');
  if (prune.length > 0) {
    lines.push(`WORKDIR ${workdir}`, '# Only what the program needs at run time stays.');
    lines.push(`RUN ${prune.join(' \\\n    && ')}`);
  }
  if (isLinked(linked)) {
    lines.push('# The packages of the shared libraries that the installed files link to.');
    lines.push(lookUpLibraries(linked.folders, linked.programs));
  }
  return lines;
}

function installPackages(parts: RuntimeStageParts): string[] {
  const { linked, packages, packageManager } = parts;
  if (packages.length === 0 && !isLinked(linked)) return [];
  if (packageManager === 'apk') return [`RUN apk add --no-cache ${packages.join(' ')}`];
  const mount = `RUN --mount=type=bind,from=${parts.between},source=${LIST},target=${LIST} \\\n    `;
  const names = [...packages, ...(isLinked(linked) ? [`$(cat ${LIST})`] : [])];
  return [
    `${isLinked(linked) ? mount : 'RUN '}apt-get update \\\n` +
      `    && apt-get install -y --no-install-recommends ${names.join(' ')} \\\n` +
      '    && rm -rf /var/lib/apt/lists/*',
  ];
}

/** The text that follows the author's stage: the stage in which the program runs, and what leads to it. */
export function runtimeStage(parts: RuntimeStageParts): string {
  const { build, copies, image, platform, start, system } = parts;
  const steps = between(parts);
  const from = steps.length > 0 ? parts.between : build;
  return [
    '',
    '# What runs: none of the tools and files that only the build needs.',
    ...steps.slice(steps.length > 0 ? 1 : 0),
    ...(steps.length > 0 ? [''] : []),
    `FROM ${platform === undefined ? '' : `${platform} `}${image}`,
    ...system.slice(0, systemHead(system)),
    ...installPackages(parts),
    ...system.slice(systemHead(system)),
    '',
    ...copies.map(
      ({ path, to, chown }) =>
        `COPY --from=${from} ${chown === undefined ? '' : `--chown=${chown} `}${path} ${to}`,
    ),
    ...copies.flatMap(({ to, chown }) =>
      // A COPY gives its owner to the folders that it makes, not to one that the image has.
      chown !== undefined && /^\/var\/www(?:\/html)?$/.test(to) ? [`RUN chown ${chown} ${to}`] : [],
    ),
    ...start,
  ].join('\n');
}

/** How many of the author's instructions come before packages are installed: settings, and no command. */
function systemHead(system: readonly string[]): number {
  const first = system.findIndex((text) => !/^\s*(?:ARG|ENV|LABEL|SHELL|MAINTAINER)\b/i.test(text));
  return first === -1 ? system.length : first;
}
