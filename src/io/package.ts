import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the same from the sources and from the built files. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export interface PackageInfo {
  readonly version: string;
  /** Where people read about it; undefined where there is no such page. */
  readonly homepage: string | undefined;
}

export function packageInfo(): PackageInfo {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  const { version, homepage } = JSON.parse(text) as PackageInfo;
  return { version, homepage };
}

export function packageVersion(): string {
  return packageInfo().version;
}
