/**
 * What the names of interpreters lead to: AppArmor compares the file that is executed, a recording has the name by which
 * it was called. Debian's alternatives and the links of its packages, Fedora's and Alpine's.
 */
const LINKED: Readonly<Record<string, string>> = {
  sh: '{sh,dash,bash,busybox}',
  awk: '{awk,mawk,gawk,original-awk,busybox}',
  python3: '{python3,python3.[0-9]*}',
  python: '{python,python[23],python[23].[0-9]*}',
  perl: '{perl,perl5.[0-9]*}',
  node: '{node,nodejs}',
  nodejs: '{node,nodejs}',
  php: '{php,php[0-9]*}',
  nc: '{nc,nc.traditional,nc.openbsd,ncat,busybox}',
};

/**
 * The glob of a program in a folder of packages, where /bin is /usr/bin on most distributions and not on others.
 * @param path escaped already.
 */
export function programGlob(path: string): string {
  const local = /^\/usr\/local\/bin\/([^/]+)$/.exec(path)?.[1];
  if (local !== undefined) return `/usr/local/bin/${LINKED[local] ?? local}`;
  const [, folder, name] = /^\/(?:usr\/)?(s?bin|lib\w*)\/(.+)$/.exec(path) ?? [];
  if (folder === undefined || name === undefined) return path;
  return `/{usr/,}${folder}/${/^s?bin$/.test(folder) ? (LINKED[name] ?? name) : name}`;
}

/** The glob of a program that is called by its name alone. @param name escaped already. */
export function namedGlob(name: string): string {
  return `/{,usr/,usr/local/}{,s}bin/${LINKED[name] ?? name}`;
}

/** Where the links of well-known images lead, by the program's name: their package managers' own, and OpenJDK's. */
const TARGETS: Readonly<Record<string, string>> = {
  npm: '/usr/{,local/}lib/node_modules/{npm,corepack}/**',
  npx: '/usr/{,local/}lib/node_modules/{npm,corepack}/**',
  yarn: '/opt/yarn-*/bin/*',
  yarnpkg: '/opt/yarn-*/bin/*',
  java: '/usr/lib/jvm/**/bin/java',
};

/** One file that has the programs of the system: each is a link to it on Alpine and in small images. */
const ALL_IN_ONE = '/{usr/,}{,s}bin/{busybox,coreutils,toybox}';

/** What a program of an image may be a link to, besides another name for it in its own folder. */
export function targetGlobs(path: string): readonly string[] {
  const target = TARGETS[path.slice(path.lastIndexOf('/') + 1)];
  const ofSystem = /^\/(?:usr\/)?s?bin\/[^/]+$/.test(path);
  return [...(target === undefined ? [] : [target]), ...(ofSystem ? [ALL_IN_ONE] : [])];
}
