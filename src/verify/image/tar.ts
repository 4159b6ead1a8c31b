/** What a tar archive says of a file. */
export interface TarEntry {
  /** Without a leading `./` or `/`, and without a trailing one. */
  readonly path: string;
  readonly type: 'file' | 'link' | 'symlink' | 'directory' | 'other';
  /** The permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly size: number;
}

export interface TarReader {
  /** Takes the next bytes of the archive. */
  push(bytes: Uint8Array): void;
  /** False when the archive broke off, or was none. */
  readonly complete: boolean;
}

const BLOCK = 512;

const TYPES: Readonly<Record<string, TarEntry['type']>> = {
  ...{ '\0': 'file', '0': 'file', '7': 'file' },
  ...{ '1': 'link', '2': 'symlink', '5': 'directory' },
};

/** Records of other entries' headers, not files: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
const PAX = 'x';
/** GNU tar's own: a name that is too long for a header. */
const LONG_NAME = 'L';
const IGNORED = ['g', 'K'];

/** A file that is being read. */
interface Reading {
  readonly type: string;
  readonly entry: TarEntry;
  /** Undefined when its bytes are of no use. */
  readonly parts: Uint8Array[] | undefined;
  /** Bytes to come, the padding of the last block not counted. */
  left: number;
  padding: number;
}

/**
 * Reads a tar archive as it comes, and keeps nothing of it but what is wanted.
 * @param wants true for a file whose bytes `onFile` gets.
 */
export function createTarReader(
  onEntry: (entry: TarEntry) => void,
  wants: (path: string) => boolean,
  onFile: (path: string, bytes: Uint8Array) => void,
): TarReader {
  let header = new Uint8Array(0);
  let reading: Reading | undefined;
  /** What the records before a header say of it. */
  let extended: Extended = {};
  let ended = false;

  const begin = (block: Uint8Array): void => {
    if (block.every((byte) => byte === 0)) {
      ended = true;
      return;
    }
    const type = String.fromCharCode(block[156] ?? 0);
    const size = extended.size ?? numberAt(block, 124, 12);
    const entry: TarEntry = {
      path: cleaned(extended.path ?? nameOf(block)),
      type: TYPES[type] ?? 'other',
      mode: numberAt(block, 100, 8) & 0o7777,
      size,
    };
    const record = type === PAX || type === LONG_NAME;
    const keeps = record || (entry.type === 'file' && wants(entry.path));
    // Only files and records have bytes behind their header.
    const left = record || IGNORED.includes(type) || entry.type === 'file' ? size : 0;
    reading = { type, entry, parts: keeps ? [] : undefined, left, padding: (BLOCK - (left % BLOCK)) % BLOCK };
    if (left === 0) finish();
  };

  const finish = (): void => {
    if (reading === undefined) return;
    const { type, entry, parts = [] } = reading;
    reading = undefined;
    if (type === PAX) extended = { ...extended, ...paxRecords(joined(parts)) };
    else if (type === LONG_NAME) extended = { ...extended, path: textOf(joined(parts)) };
    else if (!IGNORED.includes(type)) {
      extended = {};
      onEntry(entry);
      if (entry.type === 'file' && wants(entry.path)) onFile(entry.path, joined(parts));
    }
  };

  return {
    push: (bytes) => {
      for (let at = 0; at < bytes.length && !ended;) {
        if (reading === undefined) {
          const taken = bytes.subarray(at, at + BLOCK - header.length);
          at += taken.length;
          header = joined([header, taken]);
          if (header.length < BLOCK) return;
          begin(header);
          header = new Uint8Array(0);
        } else if (reading.left > 0) {
          const taken = bytes.subarray(at, at + reading.left);
          at += taken.length;
          reading.left -= taken.length;
          // A copy: who gives the bytes may use them again.
          reading.parts?.push(taken.slice());
        } else {
          const skipped = Math.min(reading.padding, bytes.length - at);
          at += skipped;
          reading.padding -= skipped;
        }
        if (reading?.left === 0 && reading.padding === 0) finish();
      }
    },
    get complete() {
      return ended;
    },
  };
}

interface Extended {
  readonly path?: string;
  readonly size?: number;
}

/** `30 path=…\n`: the length of the record in bytes, itself included, a name and a value. */
function paxRecords(bytes: Uint8Array): Extended {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(textOf(bytes.subarray(at, space)));
    if (space === -1 || !Number.isInteger(length) || length <= 0) break;
    const [name, value = ''] = split(textOf(bytes.subarray(space + 1, at + length - 1)), '=');
    if (name === 'path') found.path = value;
    if (name === 'size') found.size = Number(value);
    at += length;
  }
  return found;
}

function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function nameOf(block: Uint8Array): string {
  const name = textOf(block.subarray(0, 100));
  const isUstar = textOf(block.subarray(257, 262)) === 'ustar';
  // GNU tar has other things where POSIX has the prefix.
  const prefix = isUstar && block[262] === 0 ? textOf(block.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cleaned(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
}

/** A number in octal digits, or in base 256 where those don't suffice. */
function numberAt(block: Uint8Array, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(textOf(field).trim() || '0', 8);
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
}

const DECODER = new TextDecoder();

/** The text up to the first NUL. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return DECODER.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
