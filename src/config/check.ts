import { parseDestination } from '../core/destination.js';
import { near } from '../core/near.js';
import { redact } from '../core/redact.js';
import { isNamed } from '../core/select.js';
import { CAPABILITIES } from '../exposure/names.js';

/** What neither the options of a mount nor a unit's list of paths can hold. */
const UNNAMEABLE = /[\s:,$%"'\\\u0000-\u001f\u007f]/;

/** The value as harden uses it, or what is wrong with it and what to do. */
export type Checked = { readonly value: string } | { readonly problem: string };

/** The name of a capability without its prefix. */
export function capabilityWord(word: string): string {
  return word.toUpperCase().replace(/^CAP_/, '');
}

export function checkCapability(word: string): Checked {
  const name = capabilityWord(word);
  if (CAPABILITIES.includes(name)) return { value: name };
  if (name === 'ALL') {
    return { problem: 'names ALL: name those that are needed, or skip the transform that drops them' };
  }
  const meant = near(name, CAPABILITIES);
  return {
    problem: `names ${word}, which is no capability${meant === undefined ? '' : `: did you mean ${meant}?`}`,
  };
}

/** A path without the slash at its end. */
export function pathWord(word: string): string {
  return word.replace(/(?!^)\/+$/, '');
}

export function checkPath(word: string): Checked {
  const path = pathWord(word);
  if (!path.startsWith('/')) return { problem: `names ${word}, which is not absolute: begin it with /` };
  if (path.split('/').some((part) => part === '..' || part === '.')) {
    return { problem: `names ${word}: write it without . and ..` };
  }
  if (path === '/') return { problem: 'names /: name the folders below it, or skip the transform' };
  const odd = UNNAMEABLE.exec(path)?.[0];
  if (odd === undefined) return { value: path.replace(/\/{2,}/g, '/') };
  return {
    problem: `names a path with ${JSON.stringify(odd)}, which a mount can't have: name the folder above it`,
  };
}

/** A destination outside, or `none`. */
export function checkDestination(word: string): Checked {
  const destination = word.toLowerCase();
  if (destination === 'none' || parseDestination(destination) !== undefined) return { value: destination };
  const form =
    'write api.example.com, .example.com, 192.0.2.7 or 192.0.2.0/24, with :port where needed, or none';
  return {
    problem: /^\w+:\/\//.test(word)
      ? `names ${redact(word)}, which is a URL: name its host`
      : `names ${word}, which is no host with a domain and no address: ${form}`,
  };
}

/** What somebody may have meant by a name, or where to look. */
export function hintFor(name: string, ids: readonly string[]): string {
  const meant = near(name, ids);
  return meant === undefined ? "'harden list' shows them all" : `did you mean ${meant}?`;
}

export function checkTransform(name: string, ids: readonly string[]): Checked {
  if (ids.some((id) => isNamed(id, name))) return { value: name };
  return { problem: `names ${name}, which is no transform: ${hintFor(name, ids)}` };
}

/** A path or a pattern below the config's folder. */
export function checkFile(file: string): Checked {
  const path = file.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  if (file.startsWith('/')) return { problem: `is relative to the config's folder: take the / from ${file}` };
  if (file.startsWith('!'))
    return { problem: `says which files are meant, not which are not: take the ! out` };
  if (path.split('/').includes('..')) {
    return {
      problem: `names ${file}, outside the config's folder: put a config there, or name a file below`,
    };
  }
  if (path === '' || path === '.')
    return { problem: `names the config's own folder: write "**" for all files` };
  return { value: path };
}

/** A path that begins with `./`, or a package: https://nodejs.org/api/esm.html#import-specifiers */
export function checkPlugin(name: string): Checked {
  if (name.trim() === '') return { problem: 'names nothing: give it a path, as in ./hardening/plugin.js' };
  if (/^[\w-]+:/.test(name)) return { problem: `names ${name}: name a file or a package` };
  if (/^[^./@]+\/.*\.[cm]?js$/.test(name)) return { problem: `names ${name}: begin a path with ./` };
  return { value: name };
}
