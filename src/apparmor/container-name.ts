import { createHash } from 'node:crypto';
import { isMap, type YAMLMap } from 'yaml';
import { ownPair } from '../formats/compose/document.js';
import { isDefaultFile } from '../workload/compose/file-names.js';
import { toPlain } from '../workload/compose/plain.js';
import type { ServiceView } from '../workload/compose/project.js';

/** Leaves room for what `apparmorProfile` takes as a name. */
const MAX_LENGTH = 80;

/**
 * The name of a service's profile: a host has each name once. It holds the project's own name where the file gives one,
 * the folder, the file where it is not read by default, and the service; those of units begin with `harden.`. What a
 * name can't hold, would be too long or could be read in two ways is told apart by a digest.
 */
export function containerProfileName({ name, project, declaredIn }: ServiceView): string {
  const own = projectName(project.documents);
  const path = declaredIn.path.split('/');
  const [file = '', folders] = [path.at(-1), path.slice(0, -1)];
  const parts = [...folders, ...(isDefaultFile(file) ? [] : [file]), name];
  const slug = (text: string): string => text.replace(/[^A-Za-z0-9._-]+/g, '_');
  const text = `harden-compose${own === undefined ? '' : `-${slug(own)}`}.${parts.map(slug).join('@')}`;
  // Compose takes no dot in a project's name, and a folder that is called as a file is could be one.
  const exact =
    (own === undefined || /^[\w-]+$/.test(own)) &&
    parts.every((part) => slug(part) === part) &&
    !folders.some((folder) => /\.ya?ml$/.test(folder));
  if (exact && text.length <= MAX_LENGTH) return text;
  const digest = createHash('sha256')
    .update(JSON.stringify([own, path, name]))
    .digest('hex')
    .slice(0, 12);
  return `${text.slice(0, MAX_LENGTH)}@@${digest}`;
}

/** As it is written: https://docs.docker.com/reference/compose-file/version-and-name/#name-top-level-element */
function projectName(documents: ServiceView['project']['documents']): string | undefined {
  const names = documents.flatMap(({ yamls }) =>
    yamls.flatMap((yaml) => {
      const { contents } = yaml;
      const pair = isMap(contents) ? ownPair(contents as YAMLMap, 'name') : undefined;
      const value = pair === undefined ? undefined : toPlain(pair.value, yaml);
      return typeof value === 'string' && value !== '' ? [value] : [];
    }),
  );
  return names.at(-1);
}
