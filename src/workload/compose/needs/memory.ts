import { citeSource } from '../../../core/evidence.js';
import type { Evidence } from '../../../core/types.js';
import { because, likely, unknown, type Need } from '../../model.js';
import { isRecord, strings, type Plain } from '../plain.js';
import { citeField, citeWithin, type ServiceView } from '../project.js';
import { settings, type Setting } from './settings.js';

/** A setting that bounds the largest part of a program's memory, and the whole that its documentation asks for. */
interface Rule {
  readonly pattern: RegExp;
  /** MiB of a number without a unit. */
  readonly unit: number;
  readonly limit: (mebibytes: number) => number;
  readonly source: Evidence;
}

const BYTE = 1 / 1024 ** 2;

/** Small programs have a fixed part that is larger than what the setting bounds. */
function twice(extra: number): (mebibytes: number) => number {
  return (mebibytes) => Math.max(2 * mebibytes, mebibytes + extra);
}

const RULES: readonly Rule[] = [
  {
    pattern: /(?:^|[\s"'=])-Xmx(\d+(?:\.\d+)?)([kmgt]?)b?(?=$|[\s"'])/gi,
    unit: BYTE,
    limit: twice(512),
    source: citeSource(
      'https://www.elastic.co/docs/reference/elasticsearch/jvm-settings#set-jvm-heap-size',
      'Set Xms and Xmx to no more than 50% of the total memory available to each Elasticsearch node',
    ),
  },
  {
    pattern: /--max[-_]old[-_]space[-_]size[= ](\d+)()(?=$|[\s"'])/gi,
    unit: 1,
    limit: twice(512),
    source: citeSource(
      'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib',
      'On a machine with 2 GiB of memory, consider setting this to 1536 (1.5 GiB)',
    ),
  },
  {
    pattern: /(?:^|[\s"'])(?:--)?maxmemory[= ]+(\d+)([kmg]?)b?(?=$|[\s"'])/gi,
    unit: BYTE,
    limit: twice(512),
    source: citeSource(
      'https://redis.io/docs/latest/operate/oss_and_stack/management/admin/#memory',
      'while saving an RDB file on disk or rewriting the AOF log, Redis can use up to 2 times the memory normally used',
    ),
  },
  {
    pattern: /--wiredTigerCacheSizeGB[= ](\d+(?:\.\d+)?)()(?=$|[\s"'])/gi,
    unit: 1024,
    limit: (mebibytes) => 2 * mebibytes + 1024,
    source: citeSource(
      'https://www.mongodb.com/docs/manual/core/wiredtiger/#memory-use',
      'the default WiredTiger internal cache size is the larger of either 50% of (RAM - 1 GB), or 256 MB',
    ),
  },
  {
    pattern: /--innodb[-_]buffer[-_]pool[-_]size[= ](\d+)([kmgt]?)(?=$|[\s"'])/gi,
    unit: BYTE,
    limit: twice(1024),
    source: citeSource(
      'https://dev.mysql.com/doc/refman/8.4/en/memory-use.html',
      'Typically, a recommended innodb_buffer_pool_size value is 50 to 75 percent of system memory',
    ),
  },
  {
    pattern: /(?:-c\s*|--)shared_buffers[= ](\d+)([kmgt])b(?=$|[\s"'])/gi,
    unit: BYTE,
    limit: (mebibytes) => Math.max(4 * mebibytes, mebibytes + 1024),
    source: citeSource(
      'https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS',
      'a reasonable starting value for shared_buffers is 25% of the memory in your system',
    ),
  },
];

const UNITS: Readonly<Record<string, number>> = { b: BYTE, k: 1 / 1024, m: 1, g: 1024, t: 1024 ** 2 };

/** An upper bound for the memory of a service, in MiB, from what its own file says of its use. */
export function memoryNeed(view: ServiceView): Need<number> {
  const reserved = reservation(view);
  const found = settings(view).flatMap(limitsIn);
  const own = found.reduce((sum, { mebibytes }) => sum + mebibytes, 0);
  const value = Math.ceil(Math.max(own, reserved?.mebibytes ?? 0));
  if (value === 0) {
    const reason = 'nothing says how much it needs: `docker stats` shows it under load';
    return because(unknown(0), reason);
  }
  return likely(value, ...(reserved?.evidence ?? []), ...found.flatMap(({ evidence }) => evidence));
}

interface Bound {
  readonly mebibytes: number;
  readonly evidence: readonly Evidence[];
}

/** Several settings of one kind may be those of several processes, so that they add up. */
function limitsIn({ text, evidence }: Setting): Bound[] {
  return RULES.flatMap(({ pattern, unit, limit, source }) => {
    const amounts = [...text.matchAll(pattern)].map(
      ([, number = '', suffix = '']) =>
        Number(number) * (suffix === '' ? unit : UNITS[suffix.toLowerCase()]!),
    );
    const largest = Math.max(0, ...amounts);
    return largest < 1 ? [] : [{ mebibytes: limit(largest), evidence: [evidence, source] }];
  });
}

/** What is reserved is what it is expected to use; peaks get as much again. */
function reservation(view: ServiceView): Bound | undefined {
  const plain = view.last('mem_reservation');
  const deploy = view.last('deploy');
  const amount = (value: Plain | undefined): number | undefined =>
    bytes(view.project.interpolate(strings(value)[0] ?? '').text);
  const own = amount(plain?.value);
  if (plain !== undefined && own !== undefined) {
    return { mebibytes: 2 * own, evidence: [citeField(plain)] };
  }
  const reserved = isRecord(deploy?.value) ? amount(reservedMemory(deploy.value)) : undefined;
  if (deploy === undefined || reserved === undefined) return undefined;
  const evidence = citeWithin(deploy, 'resources', 'reservations', 'memory');
  return { mebibytes: 2 * reserved, evidence: [evidence] };
}

function reservedMemory(deploy: Readonly<Record<string, Plain>>): Plain | undefined {
  const { resources } = deploy;
  const reservations = isRecord(resources) ? resources.reservations : undefined;
  return isRecord(reservations) ? reservations.memory : undefined;
}

/** https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values */
function bytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * UNITS[(match[2] || 'b').toLowerCase()]!;
}
