import { lazy } from '../../core/lazy.js';
import { redact } from '../../core/redact.js';
import { literal } from '../../core/text.js';
import type { Evidence, FileReader } from '../../core/types.js';

/** A source file of the build context. */
export interface SourceText {
  /** Relative to the root of the run. */
  readonly path: string;
  readonly text: string;
}

/** The project's own sources, as many as are read. */
export interface Sources {
  readonly files: () => readonly SourceText[];
  /** Those that start other programs. */
  readonly spawning: () => ReadonlySet<SourceText>;
  /** False when there was more than is read: what wasn't found may still be there. */
  readonly complete: () => boolean;
  /** The first line that a pattern matches, as evidence. */
  readonly find: (pattern: RegExp) => Evidence | undefined;
}

const MAX_FILES = 1500;
const MAX_DEPTH = 10;
const CODE = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|sh|vue|svelte)$/;
/** Folders that hold no source of what runs. */
const SKIPPED =
  /^(?:\.git|\.next|\.nuxt|\.venv|venv|node_modules|vendor|target|dist|build|out|coverage|__pycache__|__tests__|tests?|spec|specs|e2e|cypress|docs?|examples?|fixtures?|testdata|benchmarks?)$/;
const TEST_FILE =
  /(?:[._-](?:test|spec|stories|bench)\.\w+|_test\.go|\.d\.ts|\.min\.js)$|^test_.*\.py$|^conftest\.py$/;

/**
 * Reads the sources below a folder of the tree when they are first asked for.
 * @param ignored true for a path that the build context leaves out.
 */
export function sourcesBelow(files: FileReader, folder: string, ignored: (path: string) => boolean): Sources {
  const read = lazy(() => collect(files, folder, ignored));
  const spawning = lazy(() => new Set(read().found.filter(({ text }) => SPAWNS.test(text))));
  return {
    files: () => read().found,
    spawning,
    complete: () => read().complete,
    find: (pattern) => {
      for (const { path, text } of read().found) {
        const at = text.search(pattern);
        if (at === -1) continue;
        const line = text.slice(0, at).split('\n').length;
        return { file: path, line, text: redact((text.split('\n')[line - 1] ?? '').trim().slice(0, 160)) };
      }
      return undefined;
    },
  };
}

function collect(
  files: FileReader,
  folder: string,
  ignored: (path: string) => boolean,
): { found: readonly SourceText[]; complete: boolean } {
  const found: SourceText[] = [];
  let complete = true;
  const visit = (path: string, depth: number): void => {
    for (const { name, folder: isFolder } of files.list(path)) {
      if (found.length >= MAX_FILES) {
        complete = false;
        return;
      }
      const inner = path === '.' ? name : `${path}/${name}`;
      if (!isFolder && CODE.test(name)) {
        if (ignored(inner)) continue;
        const text = TEST_FILE.test(name) ? undefined : files.read(inner);
        if (text !== undefined) found.push({ path: inner, text });
      } else if (isFolder) {
        // Below these a folder is a package: org/example, com/acme/test.
        if (SKIPPED.test(name) && !/(?:^|\/)src\/main\//.test(inner)) continue;
        if (depth === 0) complete = false;
        else visit(inner, depth - 1);
      }
    }
  };
  visit(folder, MAX_DEPTH);
  return { found, complete };
}

/** A function that runs what it is given, by its name. */
const RUNS = '\\b\\w*(?:exec|spawn|run|command|popen|which|system|check_output)\\w*\\(\\s*\\[?\\s*';

/** How a program starts another, in the languages of the stacks. */
const SPAWNS =
  /child_process|execa|\bzx\b|subprocess|os\.system|os\.popen|os\/exec|process::Command|ProcessBuilder|Runtime\.getRuntime|Open3|shell_exec|proc_open|simple-git|Bun\.spawn|Deno\.Command/;

/** Where the sources start a program, by a literal of its name in a file that starts programs. */
export function spawnOf(sources: Sources, program: string): Evidence | undefined {
  const named = new RegExp(`['"\`](?:/usr(?:/local)?/bin/)?${literal(program)}(?:['"\`]|\\s)`);
  const called = new RegExp(`${RUNS}${named.source}`, 'i');
  const spawning = sources.spawning();
  for (const source of sources.files()) {
    const { path, text } = source;
    const at = text.search(spawning.has(source) ? named : called);
    if (at === -1) continue;
    const line = text.slice(0, at).split('\n').length;
    return { file: path, line, text: redact((text.split('\n')[line - 1] ?? '').trim().slice(0, 160)) };
  }
  return undefined;
}
