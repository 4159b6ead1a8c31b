import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAudit } from '../../src/learn/audit.js';
import type { Recording, RecordingResult } from '../../src/learn/recording.js';
import { readStrace } from '../../src/learn/strace/read.js';
import { engineDefault } from '../../src/seccomp/engine-default.js';
import { seccompProfile } from '../../src/seccomp/profile.js';
import { readLinesOf, streamOf } from './support.js';

const TRACES = fileURLToPath(new URL('traces', import.meta.url));
const texts = readdirSync(TRACES)
  .filter((file) => file.endsWith('.strace'))
  .map((file) => readFileSync(`${TRACES}/${file}`));
const lines = texts.flatMap((text) => text.toString().split('\n').filter(Boolean));

const LISTS = [
  'systemCalls',
  'capabilities',
  'executes',
  'writes',
  'devices',
  'listens',
  'connects',
  'namespaces',
] as const;

function expectWithin(part: Recording, whole: Recording): void {
  for (const list of LISTS) {
    for (const word of part[list]) {
      const above = whole[list].some((one) => one === word || (one.endsWith('/') && word.startsWith(one)));
      expect([list, word, above]).toEqual([list, word, true]);
    }
  }
}

async function read(...chunks: readonly (string | Buffer)[]): Promise<RecordingResult> {
  return readStrace(streamOf(...chunks));
}

/** Chunks of lines, made while they are read. */

async function* many(count: number, line: (at: number) => string): AsyncGenerator<Buffer> {
  for (let at = 0; at < count; at += 1000) {
    let text = '';
    for (let one = at; one < Math.min(count, at + 1000); one += 1) text += `${line(one)}\n`;
    yield Buffer.from(text);
  }
}

async function growthOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().heapUsed;
  await work();
  return (process.memoryUsage().heapUsed - before) / 1024 / 1024;
}

test('a trace that is cut at any byte shows nothing that the whole does not', async () => {
  for (const text of texts) {
    const whole = await read(text);
    if (!whole.ok) throw new Error(whole.reason);
    for (let end = 0; end < text.length; end += 1) {
      const part = await read(text.subarray(0, end));
      if (!part.ok) continue;
      expectWithin(part.recording, whole.recording);
      if (text[end - 1] !== 10) expect(part.recording.gaps.join()).toContain('in the middle of a line');
    }
  }
});

test('chunks may end anywhere, in a character too', async () => {
  for (const text of texts) {
    const bytes = [...text].map((byte) => Buffer.of(byte));
    expect(await read(...bytes)).toEqual(await read(text));
  }
});

describe('whatever else is in it', () => {
  const garbage = fc
    .oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '__proto__',
        'constructor(1) = 0',
        'toString() = 0',
        '7 hasOwnProperty(',
        '\0',
        '<... openat resumed>) = 0',
        '[pid',
        '"',
      ),
      fc.constantFrom(...lines).chain((line) => fc.nat(line.length).map((end) => line.slice(0, end))),
    )
    .map((text) => text.replaceAll('\n', ' '));

  test('garbage is an error or a gap, and no exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(garbage, { maxLength: 20 }), async (list) => {
        const result = await readLinesOf(...list);
        if (!result.ok) expect(result.reason).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });

  test('bytes that are no text neither', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 })), async (chunks) => {
        await read(...chunks.map((chunk) => Buffer.from(chunk)));
        await readAudit(streamOf(...chunks.map((chunk) => Buffer.from(chunk))), undefined);
      }),
    );
  });

  test('lines that are left out take nothing but what they showed', async () => {
    // Each line stands for itself: what two show together, as a relative path, is not in these.
    const alone = lines.filter(
      (line) => !/unfinished|resumed|superseded|chdir|\("?\.?\/?[a-z]+"|rename\(|execve/.test(line),
    );
    await fc.assert(
      fc.asyncProperty(fc.subarray(alone, { minLength: 1 }), fc.array(garbage), async (kept, noise) => {
        const whole = await readLinesOf(...alone, ...noise);
        const part = await readLinesOf(...kept);
        if (part.ok && whole.ok) expectWithin(part.recording, whole.recording);
      }),
    );
  });

  test('a profile never allows what the default of the engine does not', async () => {
    const allowed = new Set(engineDefault().rules.flatMap(({ calls }) => calls));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(garbage, fc.constantFrom(...lines)), { maxLength: 30 }),
        async (list) => {
          const result = await readLinesOf('1 kexec_load(0) = 0', ...list);
          if (!result.ok) throw new Error(result.reason);
          const { capabilities, systemCalls: calls } = result.recording;
          const profile = seccompProfile({ calls, capabilities, noNewPrivileges: true, init: false });
          const names = profile.syscalls
            .filter(({ action }) => action === 'SCMP_ACT_ALLOW')
            .flatMap((rule) => rule.names);
          expect(names.filter((name) => !allowed.has(name))).toEqual([]);
        },
      ),
    );
  });
});

describe('memory', () => {
  test('300,000 lines', async () => {
    let result: RecordingResult | undefined;
    const growth = await growthOf(async () => {
      result = await readStrace(many(300_000, (at) => lines[at % lines.length]!));
    });
    expect(result).toMatchObject({ ok: true, recording: { lines: 300_000 } });
    expect(growth).toBeLessThan(100);
  });

  test.each<readonly [string, (at: number) => string]>([
    ['written paths', (at) => `7 openat(AT_FDCWD</>, "/srv/${at}/${at}", O_RDWR) = 3</srv/${at}/${at}>`],
    ['folders of the system', (at) => `7 mkdir("/etc/${at}", 0755) = 0`],
    ['homes', (at) => `7 open("/home/u${at}/x", O_RDONLY) = 3`],
    [
      'processes that never go on',
      (at) => `${at} openat(AT_FDCWD</>, "/srv/${'x'.repeat(100)}",  <unfinished ...>`,
    ],
    [
      'addresses',
      (at) =>
        `7 connect(3, {sa_family=AF_INET, sin_port=htons(${at % 65535}), sin_addr=inet_addr("10.0.${(at >> 8) & 255}.${at & 255}")}, 16) = 0`,
    ],
    ['families', (at) => `7 socket(AF_X${at}, SOCK_STREAM, 0) = 3`],
    ['names of calls', (at) => `7 x${at}() = 3`],
  ])('%s without end are bounded, and the gaps say so', async (_, line) => {
    let result: RecordingResult | undefined;
    const growth = await growthOf(async () => {
      result = await readStrace(many(60_000, (at) => (at === 0 ? '7 execve("/a", ["a"], 0) = 0' : line(at))));
    });
    expect(growth).toBeLessThan(100);
    if (result?.ok !== true) throw new Error('unread');
    const { recording } = result;
    const size = JSON.stringify(recording).length;
    expect(size).toBeLessThan(100_000);
    expect(recording.gaps.length > 0 || recording.writes.includes('/srv/')).toBe(true);
  });

  test('a line without end is cut, and told', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');

    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('7 getuid() = 0\n7 mkdir("');
      for (let at = 0; at < 200; at += 1) yield chunk;
      yield Buffer.from('", 0) = 0\n');
    }
    let result: RecordingResult | undefined;
    const growth = await growthOf(async () => {
      result = await readStrace(endless());
    });
    expect(growth).toBeLessThan(100);
    expect(result).toMatchObject({ ok: true, recording: { lines: 2, writes: [] } });
    expect(result?.ok === true && result.recording.gaps.join()).toContain('1 lines are too long');
  });

  test('of a call that never comes back its own line is kept, and not the lines around it', async () => {
    const around = `7 write(1, "${'x'.repeat(60_000)}", 60000) = 60000\n`;
    async function* hanging(): AsyncGenerator<Buffer> {
      for (let at = 0; at < 3_000; at += 1)
        yield Buffer.from(
          `${10_000 + at} openat(AT_FDCWD</srv>, "some/file/of/it <unfinished ...>\n${around}`,
        );
    }
    const growth = await growthOf(() => readStrace(hanging()));
    expect(growth).toBeLessThan(100);
  });
});

test.each([
  ['blanks before what is no end', `7 openat(${' '.repeat(60_000)}x<unfinished ...>`],
  ['a word without end', `type=SYSCALL msg=audit(1.0:1): ${'a'.repeat(60_000)}`],
  ['open angles', `7 openat(${'<'.repeat(60_000)}`],
  ['quotes', `7 sendmsg(3, {${'msg_name={"'.repeat(5000)}) = 1`],
  ['times', `7 openat(1) = ${' <1'.repeat(20_000)}`],
])('%s take no time', async (_, line) => {
  const start = performance.now();
  await readLinesOf('7 getuid() = 0', line);
  await readAudit(streamOf(`${line}\n`), undefined);
  expect(performance.now() - start).toBeLessThan(1000);
});
