import { citeSource } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';

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

/** MiB of a suffix. */
export const MEBIBYTES: Readonly<Record<string, number>> = {
  b: BYTE,
  k: 1 / 1024,
  m: 1,
  g: 1024,
  t: 1024 ** 2,
};

/** What a setting in a text asks for: the memory of one process, in MiB. */
export interface MemoryBound {
  readonly mebibytes: number;
  readonly source: Evidence;
}

/** The settings of one kind in one text are those of one process: the largest counts. */
export function memoryBoundsIn(text: string): readonly MemoryBound[] {
  return RULES.flatMap(({ pattern, unit, limit, source }) => {
    const amounts = [...text.matchAll(pattern)].map(
      ([, number = '', suffix = '']) =>
        Number(number) * (suffix === '' ? unit : MEBIBYTES[suffix.toLowerCase()]!),
    );
    const largest = Math.max(0, ...amounts);
    return largest < 1 ? [] : [{ mebibytes: limit(largest), source }];
  });
}
