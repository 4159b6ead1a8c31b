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
  const [, folder, name] = /^\/(?:usr\/)?(s?bin|lib\w*)\/(.+)$/.exec(path) ?? [];
  if (folder === undefined || name === undefined) return path;
  return `/{usr/,}${folder}/${/^s?bin$/.test(folder) ? (LINKED[name] ?? name) : name}`;
}
