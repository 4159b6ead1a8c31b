import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImageConfig } from '../../src/verify/image/build.js';
import type { CallOptions, Outcome } from '../../src/io/process.js';
import type { Command, Engine, Tools } from '../../src/verify/tools.js';

/** A machine that has nothing. */
export const noTools: Tools = {
  engine: { missing: 'docker is not installed' },
  composeUp: { missing: 'Docker Compose is not installed' },
  compose: { missing: 'Docker Compose 2 is not installed' },
  buildah: { missing: 'buildah is not installed' },
  systemdAnalyze: { missing: 'systemd-analyze is not installed' },
  flyctl: { missing: 'flyctl is not installed' },
};

const SUCCESS: Outcome = { code: 0, stdout: '', stderr: '' };

/** A program with canned answers. */
export function fakeCommand(
  answer: (args: readonly string[], options: CallOptions | undefined) => Partial<Outcome>,
  version = '1.0',
): Command {
  return { version, call: async (args, options) => ({ ...SUCCESS, ...answer(args, options) }) };
}

/** An image that a fake engine builds; a text is what a failing build prints. */
export interface FakeImage {
  readonly size: number;
  readonly layers: number;
  readonly config: ImageConfig;
  /** Its files as a tar archive. */
  readonly files: Uint8Array;
}

interface FakeEngine extends Engine {
  readonly calls: (readonly string[])[];
  /** Images and containers that were not removed. */
  left(): readonly string[];
}

/** An engine that has built the images of a pair; `before` sees each call. */
export function fakeEngine(
  images: Readonly<Record<'original' | 'hardened', FakeImage | string>>,
  before: (args: readonly string[]) => void = () => undefined,
): FakeEngine {
  const made = new Set<string>();
  const containers = new Map<string, FakeImage>();
  const calls: (readonly string[])[] = [];
  const imageOf = (tag = ''): FakeImage | string =>
    images[tag.endsWith(':hardened') ? 'hardened' : 'original'];

  const answer = (args: readonly string[], options: CallOptions = {}): Partial<Outcome> => {
    const after = (option: string): string => args[args.indexOf(option) + 1] ?? '';
    const last = args.at(-1) ?? '';
    const [command, verb] = args;
    if (command === 'build') {
      const image = imageOf(after('--tag'));
      if (typeof image === 'string') return { code: 1, stderr: image };
      made.add(after('--tag'));
    } else if (command === 'image' && verb === 'inspect') {
      const { config, layers, size } = imageOf(last) as FakeImage;
      const inspected = { Config: config, Size: size, RootFS: { Layers: Array(layers).fill('sha256:0') } };
      return { stdout: JSON.stringify([inspected]) };
    } else if (command === 'create') {
      containers.set(after('--name'), imageOf(args.at(-2)) as FakeImage);
    } else if (command === 'export') {
      options.onOutput?.(containers.get(last)!.files);
    } else if (command === 'rm') containers.delete(last);
    else if (command === 'image' && verb === 'rm') made.delete(last);
    return {};
  };
  return {
    ...{ name: 'docker', version: '28.0', calls },
    left: () => [...made, ...containers.keys()],
    call: async (args, options) => {
      before(args);
      calls.push(args);
      return { ...SUCCESS, ...answer(args, options) };
    },
  };
}

/** A tar archive with these files. */
export function archiveOf(
  files: Readonly<Record<string, string | { text: string; mode: number }>>,
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'harden-archive-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : content.text);
    if (typeof content !== 'string') chmodSync(file, content.mode);
  }
  const { stdout } = spawnSync('tar', ['-c', '-C', folder, '.']);
  rmSync(folder, { recursive: true, force: true });
  return stdout;
}
