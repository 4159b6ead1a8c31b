import { cite, citeSource } from '../../src/core/evidence.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import { citePath, isTable, valueAt, type FlyDocument } from '../../src/formats/toml/document.js';
import type { FlyImage } from '../../src/workload/context.js';
import { isWithin } from '../../src/workload/model.js';
import { about, FLY_CONFIG, manual, type FlyTransform } from './service.js';

const STATICS = `${FLY_CONFIG}#the-statics-sections`;

/** Folders that hold no site, whatever the image is. */
const SYSTEM = /^\/(?:$|(?:bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|sys|usr|var)\/?$)/;

export const reportStatics: FlyTransform = {
  meta: {
    id: 'fly/report-statics',
    title: 'Publish no more of the image than the site',
    description:
      "A folder under [[statics]] is served by Fly itself, before a request reaches the program: whatever lies in it can be fetched by who knows its path, and no login of the program stands before it. A folder that is the program's own working directory publishes its sources and configuration, one above a volume all data on it.",
    severity: 'high',
    phase: 2,
    mayBreak: 'Files that the site needs from the wider folder are no longer found.',
    touches: [],
    controls: [],
    references: [STATICS],
  },
  run: (document, { image }) => {
    const statics = valueAt(document, ['statics']);
    const count = Array.isArray(statics) ? statics.length : 0;
    return Array.from({ length: count }, (_, at) => ['statics', String(at)]).flatMap((path): Finding[] => {
      const folder = valueAt(document, [...path, 'guest_path']);
      // Those of a bucket are no files of the Machine.
      if (typeof folder !== 'string' || valueAt(document, [...path, 'tigris_bucket']) !== undefined)
        return [];
      const held = heldBy(folder, document, image);
      if (held === undefined) return [];
      const source = citeSource(STATICS, 'This bypasses your main web server process');
      const base = about(
        document,
        [...path, 'guest_path'],
        `everybody may fetch what lies in ${folder}: ${held.what}`,
        [...held.evidence, source],
      );
      const reason = 'which of its folders the site is made of is not known: name that one';
      return [manual({ ...base, subject: path }, reason, 'guest_path = "<the folder of public files>"')];
    });
  },
};

function heldBy(
  folder: string,
  document: FlyDocument,
  image: FlyImage | undefined,
): { readonly what: string; readonly evidence: readonly Evidence[] } | undefined {
  const bare = folder.replace(/(?<=.)\/+$/, '');
  if (SYSTEM.test(bare)) return { what: "the system's own files", evidence: [] };
  for (const key of ['mounts', 'mount']) {
    const value = document.config[key];
    const mounts = Array.isArray(value)
      ? value.map((_, at) => [key, String(at)])
      : isTable(value)
        ? [[key]]
        : [];
    for (const mount of mounts) {
      const destination = valueAt(document, [...mount, 'destination']);
      if (typeof destination === 'string' && isWithin(destination, bare)) {
        return {
          what: `the volume ${destination}`,
          evidence: [citePath(document, [...mount, 'destination'])],
        };
      }
    }
  }
  const workdir = image?.build.scope.workdir;
  if (image === undefined || workdir?.value === undefined || !isWithin(workdir.value, bare)) return undefined;
  return {
    what: 'the working directory of the program',
    evidence: [cite(image.document, workdir.instruction.start)],
  };
}
