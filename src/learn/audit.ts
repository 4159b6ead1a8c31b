import { systemCallName, type Architecture } from '../seccomp/system-calls.js';
import { CAPABILITIES } from '../exposure/names.js';
import { readLines } from './lines.js';
import { hasControls } from './paths.js';
import { createRecorder, type Recorder } from './recorder.js';
import type { RecordingResult } from './recording.js';

/** AUDIT_ARCH_*: include/uapi/linux/audit.h */
const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map([
  ['c000003e', 'x86_64'],
  ['c00000b7', 'aarch64'],
]);

/** The numbers by which the kernel's own log names the types: include/uapi/linux/audit.h */
const TYPES: Readonly<Record<string, string>> = {
  '1300': 'SYSCALL',
  '1302': 'PATH',
  '1307': 'CWD',
  '1326': 'SECCOMP',
  '1400': 'AVC',
};

const RECORD = /(?:^|\s)type=([A-Z_]+|\d{4}) (?:msg=)?audit\((\d+\.\d+:\d+)\):(.*)$/;

/** The journal keeps the type and the rest: `audit[712]: SYSCALL arch=…`. */
const JOURNAL = /(?:^|\s)audit(?:\[\d+\])?: (SYSCALL|PATH|CWD|SECCOMP|AVC)()(\s.*)$/;

/** Events whose records may come mixed: each processor writes its own. */
const MAX_EVENTS = 64;

/** What an event's PATH records need of the records before them. */
interface Event {
  readonly mine: boolean;
  cwd: string | undefined;
}

/** Lines after which a log of which nothing could be read is no log. */
const PATIENCE = 10_000;

/** Programs that are told in an error, at most. */
const MAX_NAMED = 8;

const MAX_PROGRAMS = 256;

/** The calls of PATH records that change what they name. */
const CHANGING = /^(?:CREATE|DELETE)$/;

/**
 * Reads the kernel's audit log: its SYSCALL and PATH records, the SECCOMP records of a profile that logs, and AppArmor's
 * of a profile in complain mode. https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
 * @param program only what this program did, by its path or by its name; a log is about the whole machine.
 */
export async function readAudit(
  stream: AsyncIterable<Buffer>,
  program: string | undefined,
): Promise<RecordingResult> {
  const to = createRecorder();
  const programs = new Set<string>();
  let at = 0;
  let records = 0;
  let taken = 0;
  let foreign = 0;
  let denied = 0;
  const events = new Map<string, Event>();

  const isMine = (fields: Fields): boolean => {
    const exe = fields.get('exe');
    const comm = fields.get('comm');
    const name = exe ?? comm;
    if (name !== undefined && programs.size < MAX_PROGRAMS) programs.add(name);
    if (program === undefined || exe === program || comm === program) return true;
    return exe === undefined ? comm === commOf(program) : exe.endsWith(`/${program}`);
  };

  const read = await readLines(stream, (line) => {
    at += 1;
    const match = RECORD.exec(line) ?? JOURNAL.exec(line);
    if (match === null) return records > 0 || at < PATIENCE;
    records += 1;
    const [, named = '', id = '', rest = ''] = match;
    const type = TYPES[named] ?? named;
    const fields = fieldsOf(rest);
    if (type === 'SYSCALL' || type === 'SECCOMP') {
      const mine = isMine(fields);
      if (events.size >= MAX_EVENTS) events.delete(events.keys().next().value!);
      events.delete(id);
      events.set(id, { mine: mine && fields.get('success') !== 'no', cwd: undefined });
      if (!mine) return true;
      taken += 1;
      if (!takeCall(fields, to)) foreign += 1;
      const exe = fields.get('exe');
      if (exe !== undefined && !exe.endsWith('(deleted)')) to.executed(exe);
    } else if (type === 'CWD') {
      const event = events.get(id);
      if (event !== undefined) event.cwd = fields.get('cwd');
    } else if (type === 'PATH') {
      const event = events.get(id);
      if (event?.mine !== true || !CHANGING.test(fields.get('nametype') ?? '')) return true;
      const name = fields.get('name');
      if (name !== undefined)
        to.wrote(name.startsWith('/') || event.cwd === undefined ? name : `${event.cwd}/${name}`);
    } else if (type === 'AVC' && TOLD.has(fields.get('apparmor') ?? '') && isMine(fields)) {
      taken += 1;
      if (fields.get('apparmor') === 'DENIED') denied += 1;
      else takeAccess(fields, to);
    }
    return true;
  });

  if (records === 0) return { ok: false, line: undefined, reason: 'it holds no record of the audit log' };
  // A record of AppArmor has only the short name, the one of the call beside it the path.
  const shorts = new Set([...programs].filter((name) => name.includes('/')).map(commOf));
  for (const name of shorts) programs.delete(name);
  if (program === undefined && programs.size > 1) {
    const some = [...programs]
      .filter((name) => !hasControls(name))
      .sort()
      .slice(0, MAX_NAMED)
      .join(', ');
    const reason = `it is about ${programs.size}${programs.size === MAX_PROGRAMS ? ' or more' : ''} programs (${some}): say which one with --process`;
    return { ok: false, line: undefined, reason };
  }
  if (taken === 0) {
    const reason =
      program === undefined ? 'it holds nothing that a program did' : `it holds nothing of ${program}`;
    return { ok: false, line: undefined, reason };
  }
  if (denied > 0) to.gap(`${denied} accesses were denied by AppArmor: what came of them is not in it`);
  if (foreign > 0) to.gap(`${foreign} calls are of an architecture or a kernel that harden does not know`);
  if (read.unended) to.gap('it ends in the middle of a line: what came later is not in it');
  return { ok: true, recording: to.result('audit', read.lines) };
}

function takeCall(fields: Fields, to: Recorder): boolean {
  const architecture = ARCHITECTURES.get(fields.get('arch') ?? '');
  const number = Number(fields.get('syscall') ?? NaN);
  const name =
    architecture === undefined || !Number.isInteger(number)
      ? undefined
      : systemCallName(architecture, number);
  const uid = Number(fields.get('euid') ?? fields.get('uid') ?? NaN);
  if (!Number.isNaN(uid)) to.user(uid);
  if (name === undefined) return false;
  to.call(name);
  return true;
}

/** What AppArmor would have refused: https://gitlab.com/apparmor/apparmor/-/wikis/AppArmor_Core_Policy_Reference */
function takeAccess(fields: Fields, to: Recorder): void {
  const operation = fields.get('operation') ?? '';
  const mask = fields.get('requested_mask') ?? fields.get('denied_mask') ?? '';
  const name = fields.get('name');
  if (operation === 'capable') {
    const capability = (fields.get('capname') ?? '').toUpperCase();
    if (CAPABILITIES.includes(capability)) to.capability(capability);
  } else if (name?.startsWith('/') === true) {
    if (/x/.test(mask)) to.executed(name);
    if (/[wacdlk]/.test(mask)) to.wrote(name);
    else if (/r/.test(mask)) to.read(name);
  }
  const family = fields.get('family');
  if (family !== undefined && /^[a-z0-9]+$/.test(family)) to.family(`AF_${family.toUpperCase()}`);
}

/** What AppArmor says of an access; the rest is about its profiles. */
const TOLD: ReadonlySet<string> = new Set(['ALLOWED', 'AUDIT', 'DENIED']);

/** The short name that the kernel has of a program: TASK_COMM_LEN is 16, with the zero. */
function commOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1).slice(0, 15);
}

type Fields = ReadonlyMap<string, string>;

/** `key=value`, `key="value"`, and a value with odd characters as hexadecimal digits. */
function fieldsOf(text: string): Fields {
  const fields = new Map<string, string>();
  for (const [, key = '', quoted, bare = ''] of text.matchAll(/(?<![\w-])([\w-]+)=(?:"([^"]*)"|(\S+))/g)) {
    fields.set(key, quoted ?? (HEXED.has(key) ? unhexed(bare) : bare));
  }
  return fields;
}

/** The fields that the kernel encodes where they hold what it does not trust: audit_log_untrustedstring(). */
const HEXED: ReadonlySet<string> = new Set(['name', 'exe', 'comm', 'cwd']);

function unhexed(text: string): string {
  return /^(?:[\dA-F]{2})+$/.test(text)
    ? Buffer.from(text, 'hex').toString('utf8').replace(/\0.*$/s, '')
    : text;
}
