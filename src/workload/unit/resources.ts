import { citeSource } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { citeEntry, type UnitDocument } from '../../formats/systemd/document.js';
import { memoryBoundsIn } from '../memory-settings.js';
import type { UnitCommands, UnitProgram } from './collect.js';

/** An upper bound that follows from what the unit says. */
export interface ResourceBound {
  readonly value: number;
  readonly evidence: readonly Evidence[];
}

/** The one program that the service consists of; undefined when there are several, or none can be told. */
function onlyProgram({ opaque, programs }: UnitCommands): UnitProgram | undefined {
  const servers = programs.filter(({ closed, main }) => main && !closed);
  return opaque.length === 0 && servers.length === 1 ? servers[0] : undefined;
}

/** Programs that start further processes of the same size: the setting is that of one of them. */
const FORKS = /^(pm2.*|node|nodejs|npm|npx|yarn|pnpm|bun|mvn|gradle|sbt)$/;

/**
 * The memory in MiB of all processes of the unit, from a setting that bounds the largest part of it, with the room that
 * the program's documentation asks for.
 */
export function memoryOf(document: UnitDocument, commands: UnitCommands): ResourceBound | undefined {
  const program = onlyProgram(commands);
  if (program === undefined || FORKS.test(program.name)) return undefined;
  // A file of variables wins over those of the unit.
  const overridden = document.has('Service', 'EnvironmentFile');
  if (overridden && program.args.some((arg) => arg.includes('$'))) return undefined;
  const lines = [
    { text: [program.name, ...program.args].join(' '), evidence: program.evidence },
    ...(overridden ? [] : document.assignments('Service', 'Environment'))
      .filter(({ value }) => /\b(JAVA|JVM|JDK|ES|KAFKA|CATALINA|OPENSEARCH)_?\w*OPT\w*=|_OPTS=/.test(value))
      .map((entry) => ({ text: entry.value.replaceAll('=', ' '), evidence: citeEntry(document, entry) })),
  ];
  const bounds = lines.flatMap(({ text, evidence }) =>
    [...memoryBoundsIn(text), ...itemMemory(program, text)].map(({ mebibytes, source }) => ({
      value: Math.ceil(mebibytes),
      evidence: [evidence, source],
    })),
  );
  return bounds.sort((a, b) => b.value - a.value)[0];
}

const MEMCACHED = citeSource(
  'https://github.com/memcached/memcached/blob/1.6.18/doc/memcached.1',
  'Use <num> MB memory max to use for object storage',
);

/** Objects of memcached; its hash table and its connections come on top. */
function itemMemory({ args, facts }: UnitProgram, text: string): ReturnType<typeof memoryBoundsIn> {
  if (!facts.some(({ name }) => name === 'memcached') || text === args[0]) return [];
  const megabytes = /(?:^|\s)(?:-m\s*|--memory-limit[= ])(\d+)(?=\s|$)/.exec(text)?.[1];
  if (megabytes === undefined) return [];
  const items = Number(megabytes);
  return [{ mebibytes: Math.max(2 * items, items + 512), source: MEMCACHED }];
}

/** Options that say how many clients a program serves at once, each with a descriptor of its own. */
const CLIENTS: readonly { readonly name: string; readonly option: RegExp; readonly source: Evidence }[] = [
  {
    name: 'redis-server',
    option: /(?:^|\s)--maxclients[= ](\d+)(?=\s|$)/,
    source: citeSource(
      'https://github.com/redis/redis/blob/7.0.15/redis.conf',
      'the current file limit minus 32 (as Redis reserves a few file descriptors for internal uses)',
    ),
  },
  {
    name: 'memcached',
    option: /(?:^|\s)(?:-c\s*|--conn-limit[= ])(\d+)(?=\s|$)/,
    source: citeSource(
      'https://github.com/memcached/memcached/blob/1.6.18/doc/memcached.1',
      'Use <num> max simultaneous connections; the default is 1024',
    ),
  },
];

/** The open files that a number of clients asks for, with as many again for files, replicas and what comes up. */
export function openFilesOf(commands: UnitCommands): ResourceBound | undefined {
  const program = onlyProgram(commands);
  if (program === undefined) return undefined;
  const line = program.args.join(' ');
  for (const { name, option, source } of CLIENTS) {
    const clients = program.facts.some((facts) => facts.name === name) ? option.exec(line)?.[1] : undefined;
    if (clients === undefined) continue;
    return { value: Math.max(2 * Number(clients), 1024), evidence: [program.evidence, source] };
  }
  return undefined;
}
