import { resolve } from 'node:path';
import { discover } from '../io/discover.js';
import { readBaseline } from '../io/baseline.js';
import { readConfig } from '../io/config.js';
import { LOCK_NAME, readLock } from '../io/lock.js';
import { FORMATS } from '../registry.js';
import type { Checkup } from './finding.js';

/**
 * What harden finds in a project: its files, and what is written for harden.
 * @param root real path of the tree.
 * @param asked `--config` with its file; false for `--no-config`.
 */
export async function projectCheckups(
  root: string,
  asked: string | false | undefined,
): Promise<readonly Checkup[]> {
  return [files(root), ...(await config(root, asked)), baseline(root), lock(root)];
}

const of = (name: string, purpose: string): Pick<Checkup, 'group' | 'name' | 'purpose'> => ({
  ...{ group: 'project', name, purpose },
});

function files(root: string): Checkup {
  const base = of('files', 'what harden reads here');
  const found = discover(root, ['.']);
  const counts = FORMATS.map(
    (format) => [format, found.files.filter((file) => file.format === format).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([format, count]) => `${count} ${format}`);
  return counts.length === 0
    ? {
        ...base,
        state: 'absent',
        detail: 'none',
        advice: 'run harden where the Dockerfiles, Compose files or units are',
      }
    : { ...base, state: 'ok', detail: counts.join(', ') };
}

async function config(root: string, asked: string | false | undefined): Promise<readonly Checkup[]> {
  const base = of('config', 'what the project says to harden');
  if (asked === false) return [{ ...base, state: 'absent', detail: 'not read: --no-config' }];
  const read = await readConfig(root, { file: asked === undefined ? undefined : resolve(asked) });
  if (!read.ok) {
    return read.reasons.map((detail) => ({
      ...base,
      state: 'broken',
      detail,
      advice: 'mend it: nothing is written until then',
    }));
  }
  if (read.config === undefined)
    return [{ ...base, state: 'absent', detail: 'none', advice: 'harden init writes one' }];
  const plugins = read.registry.plugins.map(({ name }): Checkup => {
    const count = read.registry.ids.filter((id) => read.registry.pluginOf(id) === name).length;
    return {
      ...of('plugin', 'transforms of your own'),
      state: 'ok',
      detail: `${name}: ${count} ${count === 1 ? 'transform' : 'transforms'}`,
    };
  });
  return [{ ...base, state: 'ok', detail: read.file.path }, ...plugins];
}

function baseline(root: string): Checkup {
  const base = of('baseline', 'with it --check fails on what is new only');
  const read = readBaseline(root);
  if (!read.ok)
    return { ...base, state: 'broken', detail: read.reason, advice: 'harden baseline writes it anew' };
  if (read.baseline === undefined)
    return { ...base, state: 'absent', detail: 'none', advice: 'harden baseline writes one' };
  const count = Object.values(read.baseline.files).flat().length;
  return {
    ...base,
    state: 'ok',
    detail: `${read.baseline.path}: ${count} ${count === 1 ? 'finding' : 'findings'}`,
  };
}

function lock(root: string): Checkup {
  const base = of('lock', 'the digests that images are pinned to');
  const read = readLock(root);
  if (!read.ok)
    return { ...base, state: 'broken', detail: `${LOCK_NAME} ${read.reason}`, advice: `delete ${LOCK_NAME}` };
  const { size } = read.images;
  return size === 0
    ? { ...base, state: 'absent', detail: 'none', advice: 'harden --pin-digests --write fills it' }
    : { ...base, state: 'ok', detail: `${LOCK_NAME}: ${size} ${size === 1 ? 'image' : 'images'}` };
}
