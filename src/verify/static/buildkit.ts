/* eslint-disable no-console -- the parser prints what it has to say */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type FormatBytes = (
  contents: string,
  indent: number,
  newline: boolean,
  spaceRedirects: boolean,
) => string | undefined;

interface GoProgram {
  readonly importObject: object;
  run(instance: object): Promise<void>;
}

/** What is global, as far as it is used here: the types of the language and of Node know no WebAssembly. */
const globals = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    instantiate(module: object, imports: object): Promise<object>;
  };
  readonly __dockerfmt_Go: new () => GoProgram;
  readonly __dockerfmt_formatBytes: FormatBytes;
};

let compiled: object | undefined;
let format: FormatBytes | undefined;

/** Starts the Go program; it ends at the first text that it can't parse. */
async function start(): Promise<FormatBytes> {
  if (compiled === undefined) {
    const folder = dirname(createRequire(import.meta.url).resolve('@reteps/dockerfmt'));
    await import(pathToFileURL(join(folder, 'wasm_exec.js')).href);
    compiled = await globals.WebAssembly.compile(await readFile(join(folder, 'format.wasm')));
  }
  const program = new globals.__dockerfmt_Go();
  // Resolves when the program ends, so it isn't awaited.
  void program.run(await globals.WebAssembly.instantiate(compiled, program.importObject));
  return globals.__dockerfmt_formatBytes;
}

/**
 * What BuildKit's own Dockerfile parser (in dockerfmt, as WebAssembly) says against a text; undefined when it
 * accepts it.
 */
export async function buildkitError(text: string): Promise<string | undefined> {
  format ??= await start();
  const printed: string[] = [];
  const { log, warn } = console;
  console.log = console.warn = (...words: unknown[]) => void printed.push(words.join(' '));
  try {
    if (format(text, 4, true, false) !== undefined) return undefined;
    format = undefined;
    return printed.join('\n').match(/Error parsing file: (.*)/)?.[1] ?? 'BuildKit rejects it';
  } catch (error) {
    format = undefined;
    return String(error);
  } finally {
    console.log = log;
    console.warn = warn;
  }
}
