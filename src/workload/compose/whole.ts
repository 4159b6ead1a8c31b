import { isMap, type YAMLMap } from 'yaml';
import { ownPair } from '../../formats/compose/document.js';
import { isRecord, strings } from './plain.js';
import type { ComposeProject } from './project.js';

/** Why one file may not show the whole project, so that a change of how its services are connected could miss some. */
export function partialReason(project: ComposeProject): string | undefined {
  const [document, override] = project.documents;
  if (override !== undefined) return `${override.path} adds to the project: look at both`;
  for (const { contents } of document?.yamls ?? []) {
    if (isMap(contents) && ownPair(contents as YAMLMap, 'include') !== undefined) {
      return 'the project includes other files: look at all of them';
    }
  }
  for (const view of project.services()) {
    if (!['image', 'build', 'extends'].some((key) => view.fields(key).length > 0)) {
      return `${view.name} has neither an image nor a build: the file adds to another one`;
    }
    for (const { value } of view.fields('depends_on')) {
      const written = isRecord(value) ? Object.keys(value) : strings(value);
      const names = written.map((name) => project.interpolate(name).text);
      const stranger = names.find((name) => name !== '<<' && project.service(name) === undefined);
      if (stranger !== undefined) return `it has no service ${stranger}: the file adds to another one`;
    }
  }
  return undefined;
}
