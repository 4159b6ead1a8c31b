import { spawn } from 'node:child_process';

/** How a program ended, and what it printed. */
export interface Outcome {
  /** Its exit code; 127 when it could not be started, 1 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly cwd?: string | undefined;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Variables of this process that the program is not to see. */
  readonly without?: readonly string[] | undefined;
  /** What the program reads from its standard input. */
  readonly input?: string | undefined;
  /** Ends the program after so many milliseconds. */
  readonly timeout?: number | undefined;
  /** Out of the terminal's process group: an impatient second ^C does not reach it. */
  readonly apart?: boolean | undefined;
  /** Ends the program when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the program's output as it comes, byte by byte; `stdout` is empty then. */
  readonly onOutput?: ((bytes: Uint8Array) => void) | undefined;
}

/** What is kept of a program's output, in characters: the end of it. */
const MAX_OUTPUT = 8 * 1024 * 1024;

/** Runs a program to its end, whatever its exit code. Its arguments are never read by a shell. */
export function call(program: string, args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const { signal } = options;
    if (signal?.aborted === true) {
      resolve({ code: 1, stdout: '', stderr: `${program}: interrupted` });
      return;
    }
    const inherited = { ...process.env };
    for (const name of options.without ?? []) Reflect.deleteProperty(inherited, name);
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...inherited, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: options.apart === true,
    });
    const stop = (): void => {
      child.kill('SIGTERM');
    };
    signal?.addEventListener('abort', stop, { once: true });
    // That of `spawn` keeps this process alive when the program can't be started.
    const timer = options.timeout === undefined ? undefined : setTimeout(stop, options.timeout);
    const leave = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    let [stdout, stderr] = ['', ''];
    if (options.onOutput !== undefined) child.stdout.on('data', options.onOutput);
    else child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = ending(stdout, text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = ending(stderr, text)));
    child.on('error', (error) => {
      leave();
      resolve({ code: 127, stdout, stderr: `${program}: ${error.message}` });
    });
    child.on('close', (code, by) => {
      leave();
      resolve({
        code: code ?? 1,
        stdout,
        stderr: by === null ? stderr : `${stderr}\nended by ${by}`,
      });
    });
    child.stdin.on('error', () => undefined).end(options.input ?? '');
  });
}

function ending(before: string, text: string): string {
  const all = before + text;
  return all.length > MAX_OUTPUT ? all.slice(-MAX_OUTPUT / 2) : all;
}

/** Runs a program that has to succeed, and returns what it printed. */
export async function must(
  program: string,
  args: readonly string[],
  options: CallOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await call(program, args, options);
  if (code === 0) return stdout;
  throw new Error(
    `${program} ${args.slice(0, 3).join(' ')}: exit code ${code}\n${lastLines(stderr || stdout)}`,
  );
}

/** The end of a log: what went wrong is told last. */
export function lastLines(text: string, count = 25): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
