import { citeSource } from '../../src/core/evidence.js';
import type { NumberOption, TextOption } from '../../src/core/options.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { isRecord, type Plain } from '../../src/workload/compose/plain.js';
import { citeField, type Field } from '../../src/workload/compose/project.js';
import { forEachWholeService, manual, proposal, type DeclaredService } from './service.js';

/** What `logging` says where it only rotates files. */
interface Rotation {
  readonly driver?: string;
  readonly options: Readonly<Record<string, string>>;
}

const MAX_SIZE: TextOption = {
  name: 'max-size',
  description: 'the size at which a log file is rotated',
  default: '10m',
  pattern: '[1-9][0-9]*[kmg]',
};

const MAX_FILE: NumberOption = {
  name: 'max-file',
  description: 'how many log files are kept',
  default: 3,
  minimum: 1,
  maximum: 1000,
};

/** @param size of a file. @param files that are kept. */
export function rotation(size = MAX_SIZE.default, files = MAX_FILE.default): Rotation {
  return { driver: 'json-file', options: { 'max-size': size, 'max-file': String(files) } };
}

/** https://docs.docker.com/engine/logging/drivers/json-file/#options and /local/#options, without what tags logs. */
const OPTIONS = new Set(['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size']);

const UNBOUNDED = citeSource(
  'https://docs.docker.com/engine/logging/configure/',
  'By default, no log-rotation is performed',
);

export const rotateLogs = forEachWholeService(
  {
    id: 'compose/rotate-logs',
    title: 'Rotate container logs',
    description:
      "Docker's default log driver, json-file, never rotates: whoever makes a service log enough fills the host's disk. The log is kept in three files of 10 MB, or as the other services of the project do it. The driver is named together with its options, because a daemon whose default is another (journald, syslog) refuses options that its driver doesn't know and doesn't create the container.",
    severity: 'low',
    phase: 2,
    mayBreak:
      "The service no longer follows the daemon's default log driver: where that sends logs to a central place, these no longer arrive there; and older lines than the newest 30 MB are lost.",
    touches: ['services.*.logging'],
    // CIS 2.13 asks for central logging, which a file is not.
    controls: [],
    options: [MAX_SIZE, MAX_FILE],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#logging',
      'https://docs.docker.com/engine/logging/configure/',
      'https://docs.docker.com/engine/logging/drivers/json-file/',
    ],
  },
  (declared, _context, option) => {
    const { document, service, workload } = declared;
    const size = option(MAX_SIZE);
    const files = option(MAX_FILE);
    const own = rotation(size.value, files.value);
    const message = "nothing bounds the size of its container's log";
    const field = workload.view.last('logging');
    if (field !== undefined) {
      if (!isRecord(field.value) || !growsForEver(field.value)) return undefined;
      const reason = 'the file names the driver json-file without max-size';
      const suggestion = describe({ options: own.options });
      return manual(declared, { message, evidence: [citeField(field), UNBOUNDED], reason, suggestion });
    }
    const neighbour = loggingOfOthers(declared);
    const chosen = neighbour === undefined ? own : rotationOf(neighbour.value);
    const source = neighbour === undefined ? [...size.evidence, ...files.evidence] : [citeField(neighbour)];
    const evidence = [...source, UNBOUNDED];
    if (chosen === undefined) {
      const reason = 'other services of the project log in another way: it may have to do the same';
      return manual(declared, { message, evidence, reason, suggestion: describe(own) });
    }
    return proposal(
      declared,
      'likely',
      { message, evidence, change: describe(chosen), unknownReason: 'how it logs is not known' },
      () => addKey(document, service, 'logging', { ...chosen }),
    );
  },
);

/** A driver that rotates by itself, or sends logs elsewhere, grows nothing here; without a driver nothing is known. */
function growsForEver({ driver, options }: Readonly<Record<string, Plain>>): boolean {
  return driver === 'json-file' && !(isRecord(options) && 'max-size' in options);
}

/** What most of the other services say, the first of them among equals. */
function loggingOfOthers({ workload: { view } }: DeclaredService): Field | undefined {
  const fields = view.project.services().flatMap((other) => other.last('logging') ?? []);
  const count = ({ value }: Field): number =>
    fields.filter((other) => JSON.stringify(other.value) === JSON.stringify(value)).length;
  return fields.reduce<Field | undefined>(
    (best, field) => (best === undefined || count(field) > count(best) ? field : best),
    undefined,
  );
}

/** Only what rotates files is copied: other options hold addresses and tokens of that service. */
function rotationOf(value: Plain): Rotation | undefined {
  const { driver, options } = isRecord(value) ? value : {};
  if (driver !== undefined && driver !== 'json-file' && driver !== 'local') return undefined;
  if (!isRecord(options) || !('max-size' in options)) return undefined;
  const entries = Object.entries(options);
  if (
    !entries.every(
      (entry): entry is [string, string] => OPTIONS.has(entry[0]) && typeof entry[1] === 'string',
    )
  ) {
    return undefined;
  }
  return { ...(driver === undefined ? {} : { driver }), options: Object.fromEntries(entries) };
}

function describe({ driver, options }: Rotation): string {
  const parts = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  return `logging: ${driver === undefined ? '' : `driver: ${driver}, `}options: {${parts.join(', ')}}`;
}
