import { isSecretPlace } from '../workload/secret-places.js';
import { fileRule, literal } from './glob.js';
import { resolved } from './places.js';
import type { ProfileNeeds } from './profile.js';
import { programGlob, targetGlobs } from './programs.js';

/** Rules that have one reason. */
export interface Section {
  readonly why: string;
  readonly rules: readonly string[];
}

/** Data, of which nothing is mapped as a program. */
export function isData(place: string): boolean {
  return /^\/(?:proc|sys|dev|run|var|tmp|mnt|media)\//.test(place) || isSecretPlace(place);
}

/** A folder is one path, which ends with `/` here and not in a recording; what is below it is another: apparmor.d(5). */
export function placeRules(kind: ProfileNeeds['kind'], place: string, access: string): readonly string[] {
  const path = pathGlob(kind, place);
  if (path.endsWith('/')) return [fileRule(`${path}{,**}`, access)];
  const isFile = /^\/(?:proc|sys)\//.test(place) || isSecretPlace(place);
  return [fileRule(isFile ? path : `${path}{,/}`, access)];
}

export function sorted(rules: readonly string[]): readonly string[] {
  return [...new Set(rules)].sort();
}

/** In an image /var/run may be a folder of its own. */
export function pathGlob(kind: ProfileNeeds['kind'], path: string): string {
  const glob = literal(resolved(path))!;
  return kind === 'unit' ? glob : glob.replace(/^\/run(?=\/)/, '/{,var/}run');
}

export function programRules(kind: ProfileNeeds['kind'], path: string): readonly string[] {
  return [fileRule(programGlob(literal(resolved(path))!), 'mrix'), ...targetRules(kind, path)];
}

/** Which names are links is known of a host; an image is any distribution's. */
export function targetRules(kind: ProfileNeeds['kind'], path: string): readonly string[] {
  return kind === 'unit' ? [] : targetGlobs(path).map((glob) => fileRule(glob, 'mrix'));
}
