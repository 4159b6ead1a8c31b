import { redact } from '../core/redact.js';
import { call, lastLines, type CallOptions, type Outcome } from '../io/process.js';

/** What git was asked for, or why it could not be had; without secrets. */
export type GitAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** git in one folder. */
export interface Git {
  readonly folder: string;
  /** Runs it, whatever its exit code; its whole output is kept, however long. */
  call(args: readonly string[], input?: string): Promise<Outcome>;
  /** Runs it where it has to succeed, and returns what it printed. */
  text(args: readonly string[], input?: string): Promise<GitAnswer<string>>;
}

export interface GitOptions {
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Settings in place of the user's: `core.fsmonitor=false`. */
  readonly config?: readonly string[] | undefined;
}

/** What tells git where its repository is would send it to another: a hook sets these. */
const PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_PREFIX'];

export function createGit(folder: string, { env = {}, signal, config = [] }: GitOptions = {}): Git {
  const settings = config.flatMap((setting) => ['-c', setting]);
  const options: CallOptions = {
    cwd: folder,
    signal,
    // Its messages are read, and where nobody can answer it must not ask.
    env: { LC_ALL: 'C', ...(process.stdin.isTTY ? {} : { GIT_TERMINAL_PROMPT: '0' }), ...env },
    without: PLACES.filter((name) => !(name in env)),
  };
  const run: Git['call'] = async (args, input) => {
    const chunks: Uint8Array[] = [];
    const onOutput = (bytes: Uint8Array): void => void chunks.push(bytes);
    const outcome = await call('git', [...settings, ...args], { ...options, input, onOutput });
    return { ...outcome, stdout: Buffer.concat(chunks).toString('utf8') };
  };
  return {
    folder,
    call: run,
    text: async (args, input) => {
      const outcome = await run(args, input);
      return outcome.code === 0 ? { ok: true, value: outcome.stdout } : failed(outcome, args);
    },
  };
}

/** What a failed git said, without secrets. */
export function failed({ code, stderr, stdout }: Outcome, args: readonly string[]): GitAnswer<never> {
  if (code === 127) return { ok: false, reason: 'git is not installed' };
  const said = lastLines(stderr || stdout, 4).replace(/^(?:fatal|error): /gm, '');
  return { ok: false, reason: redact(said === '' ? `git ${args[0] ?? ''}: exit code ${code}` : said) };
}
