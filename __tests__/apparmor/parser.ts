import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../../src/io/process.js';

/** What AppArmor's own parser makes of a profile. */
export interface Parsed {
  readonly code: number;
  readonly complaints: readonly string[];
  /** True where the profile gives a path this access, to the owner of the file or to others. */
  allows(path: string, access: Access): boolean;
}

/** Bits of the permissions of a file: libapparmor_re/apparmor_re.h. Those for others than the owner are 14 bits above. */
const BITS = { x: 0x1, w: 0x2, r: 0x4, l: 0x10, k: 0x20, m: 0x40 } as const;
export type Access = keyof typeof BITS;
const OTHERS = 14;

interface State {
  readonly byByte: Map<number, number>;
  otherwise: number | undefined;
  except: ReadonlySet<number>;
}

/** Has the parser read a profile, without loading it, and print the automaton that the kernel would get. */
export async function parse(text: string): Promise<Parsed> {
  const folder = mkdtempSync(join(tmpdir(), 'harden-apparmor-'));
  try {
    const file = join(folder, 'profile');
    writeFileSync(file, text);
    const { code, stdout, stderr } = await call('apparmor_parser', [
      ...['--skip-kernel-load', '--skip-cache', '--dump', 'dfa-states', file],
    ]);
    const said = `${stdout}${stderr}`;
    const { states, accepts } = automaton(said);
    return {
      code,
      complaints: said.split('\n').filter((line) => /warning|error|syntax/i.test(line)),
      allows: (path, access) => {
        const at = walk(states, path);
        const allowed = at === undefined ? 0 : (accepts.get(at) ?? 0);
        return (allowed & (BITS[access] | (BITS[access] << OTHERS))) !== 0;
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first automaton is that of the files. */
function automaton(said: string): {
  readonly states: ReadonlyMap<number, State>;
  readonly accepts: ReadonlyMap<number, number>;
} {
  const states = new Map<number, State>();
  const accepts = new Map<number, number>();
  let current: State | undefined;
  let begun = false;
  for (const line of said.split('\n')) {
    if (/^\{\d+\} <== /.test(line)) {
      if (begun) break;
      begun = true;
      continue;
    }
    const accept = /^\{(\d+)\} \(0x ([\da-f]+)\/([\da-f]+)\//.exec(line);
    if (accept !== null) {
      accepts.set(Number(accept[1]), parseInt(accept[2]!, 16) & ~parseInt(accept[3]!, 16));
      continue;
    }
    const head = /^\{(\d+)\} perms:/.exec(line);
    if (head !== null) {
      current = { byByte: new Map(), otherwise: undefined, except: new Set() };
      states.set(Number(head[1]), current);
      continue;
    }
    const byte = /^ {4}.*?0x([\da-f]+) -> \{(\d+)\}/.exec(line);
    if (byte !== null) {
      current?.byByte.set(parseInt(byte[1]!, 16), Number(byte[2]));
      continue;
    }
    const other = /^ {4}\[(?:\^(.*))?\] -> \{(\d+)\}/.exec(line);
    if (other !== null && current !== undefined) {
      current.otherwise = Number(other[2]);
      current.except = bytesOf(other[1] ?? '');
    }
  }
  return { states, accepts };
}

/** Those that stand in a class of the dump: NUL is always `\x0`, and other controls are in no profile here. */
function bytesOf(text: string): ReadonlySet<number> {
  const found = [...text.matchAll(/\\x(0(?![\da-f])|0(?=[\da-f])|[\da-f]{2})|\\(.)|(.)/gs)];
  return new Set(
    found.map(([, hex, escaped, plain]) =>
      hex === undefined ? (escaped ?? plain)!.charCodeAt(0) : parseInt(hex, 16),
    ),
  );
}

function walk(states: ReadonlyMap<number, State>, path: string): number | undefined {
  let at: number | undefined = 1;
  for (const byte of Buffer.from(path)) {
    const state: State | undefined = at === undefined ? undefined : states.get(at);
    if (state === undefined) return undefined;
    at = state.byByte.get(byte) ?? (state.except.has(byte) ? undefined : state.otherwise);
  }
  return at;
}
