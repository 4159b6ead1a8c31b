import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readTextFile } from '../../io/files.js';
import { fullName } from './names.js';

const FOLDER = '.github/workflows';

interface Step {
  readonly uses?: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** The names under which the project's own workflows publish images, by the inputs of Docker's actions. */
export function publishedNames(root: string): readonly string[] {
  const found = workflowsOf(root).flatMap(stepsIn).flatMap(namesIn);
  return [...new Set(found)];
}

function workflowsOf(root: string): readonly string[] {
  try {
    return readdirSync(join(root, FOLDER))
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .flatMap((name) => {
        const read = readTextFile(join(root, FOLDER, name));
        return read.ok ? [read.text] : [];
      });
  } catch {
    return [];
  }
}

function stepsIn(text: string): readonly Step[] {
  try {
    const { jobs } = (parse(text, { logLevel: 'silent' }) ?? {}) as {
      readonly jobs?: Readonly<Record<string, { readonly steps?: unknown } | null>> | null;
    };
    return Object.values(jobs ?? {}).flatMap((job) =>
      Array.isArray(job?.steps)
        ? (job.steps as readonly (Step | null)[]).filter((step) => step !== null)
        : [],
    );
  } catch {
    return [];
  }
}

function namesIn({ uses, with: inputs }: Step): readonly string[] {
  const [, action] = /^docker\/(metadata|build-push)-action@/.exec(String(uses)) ?? [];
  const value = action === 'metadata' ? inputs?.images : action === undefined ? undefined : inputs?.tags;
  if (typeof value !== 'string') return [];
  return (
    value
      .split(/[\n,]/)
      .map((line) => line.trim())
      // The tag may hold an expression; the name may not, as what it gives is not known here.
      .map((line) => line.replace(/:\$\{\{[^]*$/, ''))
      .flatMap((line) => fullName(line) ?? [])
      .filter((name) => !name.startsWith('docker.io/library/'))
  );
}
