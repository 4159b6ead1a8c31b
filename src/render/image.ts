import { createColors } from 'picocolors';
import type { Citation, ImageFacts, WritableFact } from '../catalogue/types.js';
import { wrap } from './wrap.js';

export interface ImageTextOptions {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

/** A section of an entry, in words, with its sources. */
interface Section {
  readonly facts: readonly string[];
  readonly cites: readonly Citation[];
}

/** The sections that an entry may have, by their titles, in the order of its schema. */
const SECTIONS: Readonly<Record<string, (facts: ImageFacts) => Section | undefined>> = {
  versions: ({ versions }) =>
    versions && {
      facts: [
        `${versions.since} and later; likely of older ones`,
        ...(versions.except === undefined ? [] : [`likely of tags like ${listed(versions.except)}`]),
      ],
      cites: versions.cites,
    },
  user: ({ user }) => ({ facts: userFacts(user), cites: user.cites }),
  capabilities: ({ capabilities }) =>
    capabilities && {
      facts: [
        `needed when it starts as root: ${listed(capabilities.asRoot)}`,
        ...(capabilities.file === undefined ? [] : [`of its programs' files: ${listed(capabilities.file)}`]),
        ...(capabilities.certainty === 'likely' ? ['likely: only a part of what runs was read'] : []),
      ],
      cites: capabilities.cites,
    },
  volumes: ({ volumes }) => volumes && { facts: [listed(volumes.paths)], cites: volumes.cites },
  writes: ({ writable }) =>
    writable && {
      facts: [
        ...(writable.paths.length === 0 ? ['nothing outside its volumes and /tmp'] : []),
        ...writable.paths.map(writableFact),
        ...(writable.unlessVariables === undefined
          ? []
          : [`more with ${writable.unlessVariables.join(', ')}`]),
      ],
      cites: [...writable.cites, ...writable.paths.flatMap(({ cites }) => cites)],
    },
  '/tmp': ({ temp }) =>
    temp && {
      facts: [
        temp.used ? `used${temp.size === undefined ? '' : `, ${temp.size}`}` : 'not used',
        ...(temp.executable ? ['programs are run from it'] : []),
        ...(temp.grows === true ? [GROWS] : []),
      ],
      cites: temp.cites,
    },
  'root file system': ({ writableRoot }) =>
    writableRoot && { facts: [`stays writable: ${writableRoot.because}`], cites: writableRoot.cites },
  ports: ({ ports }) =>
    ports && {
      facts: [
        `listens on ${listed(ports.listens.map(String))}`,
        ...(ports.edge === undefined ? [] : [`for other machines: ${listed(ports.edge.map(String))}`]),
      ],
      cites: ports.cites,
    },
  'setuid programs': ({ setuidHelpers }) =>
    setuidHelpers && {
      facts: [listed(setuidHelpers.programs)],
      cites: setuidHelpers.cites,
    },
  tasks: ({ tasks }) => tasks && { facts: [`at most ${tasks.limit}`], cites: tasks.cites },
  'PID 1': ({ init }) =>
    init && {
      facts: [
        init.brings ? 'brings an init of its own' : 'brings no init',
        ...(init.setuid === undefined
          ? []
          : [`runs ${init.setuid}, which is setuid root, whoever starts it`]),
      ],
      cites: init.cites,
    },
  'machine code': ({ jit }) =>
    jit && {
      facts: [jit.compiles ? 'made while it runs' : 'none is made while it runs'],
      cites: jit.cites,
    },
  secrets: ({ secrets }) =>
    secrets && {
      facts: [`read from a file with _FILE: ${listed(secrets.variables)}`],
      cites: secrets.cites,
    },
  'health check': ({ healthcheck }) =>
    healthcheck && {
      facts: [
        healthcheck.test === undefined ? 'brings one of its own' : healthcheck.test.join(' '),
        ...(healthcheck.startPeriod === undefined ? [] : [`may take ${healthcheck.startPeriod} to start`]),
      ],
      cites: healthcheck.cites,
    },
  internet: ({ egress }) =>
    egress && {
      facts: [egress.needs ? 'must reach it' : 'works without it'],
      cites: egress.cites,
    },
  devices: ({ devices }) => devices && { facts: [listed(devices.paths)], cites: devices.cites },
  "engine's socket": ({ dockerSocket }) =>
    dockerSocket && {
      facts: [
        `${dockerSocket.writes ? 'reads and changes' : 'only reads'} ${listed(dockerSocket.api)}`,
        ...(dockerSocket.address === undefined ? [] : [`another address by ${dockerSocket.address}`]),
      ],
      cites: dockerSocket.cites,
    },
};

/** What is known of an image, for a person: each fact, and below it the lines that it follows from. */
export function imageText(reference: string, facts: ImageFacts, { color, width }: ImageTextOptions): string {
  const c = createColors(color);
  const sectionOf = Object.entries(SECTIONS).map(([title, read]) => ({ title, section: read(facts) }));
  const known = sectionOf.flatMap(({ title, section }) =>
    section === undefined ? [] : [{ title, ...section }],
  );
  const unknown = sectionOf.flatMap(({ title, section }) => (section === undefined ? [title] : []));
  const column = Math.max(...known.map(({ title }) => title.length)) + 4;
  const fold = (text: string): readonly string[] => wrap(text, Math.max(40, width - column));
  const sections = known.map(({ title, facts: lines, cites }) => {
    const told = lines.flatMap(fold);
    const sources = bySource(cites).flatMap(([at, quotes]) =>
      [shortened(at), ...quotes.flatMap((quote) => fold(quote).map((line) => `| ${line}`))].map(c.dim),
    );
    return [...told, ...sources]
      .map((line, at) => `  ${at === 0 ? c.bold(title.padEnd(column - 2)) : ' '.repeat(column - 2)}${line}\n`)
      .join('');
  });
  const head = `${c.bold(reference)}: ${facts.role}, by the entry ${facts.name} (${facts.match.join(', ')})`;
  const missing = unknown.length === 0 ? '' : `\n${fold(`Not known: ${unknown.join(', ')}.`).join('\n')}\n`;
  return `${wrap(head, width).join('\n')}\n\n${sections.join('\n')}${missing}`;
}

function userFacts(user: ImageFacts['user']): readonly string[] {
  const uid = user.uid === undefined ? '' : ` (${user.uid}${user.gid === undefined ? '' : `:${user.gid}`})`;
  return [
    `starts as ${user.starts}${uid}${user.stepsDownTo === undefined ? '' : `, steps down to ${user.stepsDownTo}`}`,
    ...(user.mayStartAs === undefined ? [] : [`may start as ${user.mayStartAs.uid}:${user.mayStartAs.gid}`]),
    ...(user.available === undefined
      ? []
      : [`brings the user ${user.available.name} (${user.available.uid})`]),
  ];
}

const GROWS = 'what it holds grows with the load';

function writableFact({ path, size, exec, keep, whenMounted, grows, hides }: WritableFact): string {
  const notes = [
    ...(size === undefined ? [] : [size]),
    ...(exec === true ? ['programs are run from it'] : []),
    ...(keep === true ? ['data to keep: needs a volume'] : []),
    ...(grows === true ? [GROWS] : []),
    ...(hides === true ? ['the image has files there'] : []),
    ...(whenMounted === undefined ? [] : [`when ${whenMounted} is mounted`]),
  ];
  return notes.length === 0 ? path : `${path} (${notes.join(', ')})`;
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

/** The quotations of each source, each once: one line is often the source of several facts. */
function bySource(cites: readonly Citation[]): readonly (readonly [at: string, quotes: readonly string[]])[] {
  const found = new Map<string, Set<string>>();
  for (const { at, text } of cites) found.set(at, (found.get(at) ?? new Set()).add(text));
  return [...found].map(([at, quotes]) => [at, [...quotes]]);
}

/** Twelve digits of a commit are enough for a person, and for GitHub's addresses. */
function shortened(at: string): string {
  return at.replace(/@([0-9a-f]{12})[0-9a-f]{28}:/, '@$1:');
}
