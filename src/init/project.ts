import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Format } from '../core/types.js';
import { discover, type SourceFile } from '../io/discover.js';
import { readTextFile } from '../io/files.js';
import { FORMATS } from '../registry.js';
import { HADOLINT_RULES } from '../suppress/rules/hadolint.js';
import { call } from '../io/process.js';

export type CiSystem = 'github' | 'gitlab';

/** A transform that another tool's config leaves out by its own name. */
export interface IgnoredElsewhere {
  readonly id: string;
  readonly file: string;
  readonly rule: string;
}

/** What there is in a project that harden comes to. */
export interface Project {
  readonly files: readonly SourceFile[];
  readonly counts: readonly (readonly [Format, number])[];
  /** A service of a Compose file of its own. */
  readonly service: { readonly file: string; readonly name: string } | undefined;
  /** The CI that it seems to use. */
  readonly ci: CiSystem | undefined;
  readonly defaultBranch: string;
  /** The text of its .pre-commit-config.yaml; undefined where there is none. */
  readonly preCommit: string | undefined;
  readonly ignored: readonly IgnoredElsewhere[];
}

export const PRE_COMMIT = '.pre-commit-config.yaml';
const HADOLINT_CONFIGS = ['.hadolint.yaml', '.hadolint.yml'];

/** @param root real path of the project. */
export async function lookAt(root: string): Promise<Project> {
  const { files } = discover(root, ['.']);
  const counts = FORMATS.map(
    (format) => [format, files.filter((file) => file.format === format).length] as const,
  );
  const preCommit = readTextFile(join(root, PRE_COMMIT));
  return {
    files,
    counts: counts.filter(([, count]) => count > 0),
    service: firstService(root, files),
    ci: await ciOf(root),
    defaultBranch: await defaultBranch(root),
    preCommit: preCommit.ok ? preCommit.text : undefined,
    ignored: HADOLINT_CONFIGS.flatMap((name) => ignoredIn(root, name)),
  };
}

function firstService(root: string, files: readonly SourceFile[]): Project['service'] {
  for (const { path, format } of files) {
    const read = format === 'compose' ? readTextFile(join(root, path)) : undefined;
    const services = read?.ok === true ? valueIn(read.text, 'services') : undefined;
    const name = typeof services === 'object' && services !== null ? Object.keys(services)[0] : undefined;
    if (name !== undefined) return { file: path, name };
  }
  return undefined;
}

/** A key of a YAML file; of one that is broken nothing is known here. */
function valueIn(text: string, key: string): unknown {
  try {
    return (parse(text, { logLevel: 'silent' }) as Readonly<Record<string, unknown>> | null)?.[key];
  } catch {
    return undefined;
  }
}

async function ciOf(root: string): Promise<CiSystem | undefined> {
  if (existsSync(join(root, '.gitlab-ci.yml'))) return 'gitlab';
  if (isFilled(join(root, '.github', 'workflows'))) return 'github';
  const { stdout } = await call('git', ['remote', 'get-url', 'origin'], { cwd: root });
  return /\bgithub\.com[:/]/.test(stdout) ? 'github' : /\bgitlab\b/.test(stdout) ? 'gitlab' : undefined;
}

function isFilled(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

async function defaultBranch(root: string): Promise<string> {
  const head = await call('git', ['symbolic-ref', '--short', 'refs/remotes/origin/HEAD'], { cwd: root });
  const own = head.code === 0 ? head : await call('git', ['branch', '--show-current'], { cwd: root });
  const name = own.stdout.trim().replace(/^origin\//, '');
  return /^[\w][\w./-]*$/.test(name) ? name : 'main';
}

function ignoredIn(root: string, file: string): readonly IgnoredElsewhere[] {
  const read = readTextFile(join(root, file));
  const list = read.ok ? valueIn(read.text, 'ignored') : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((rule: unknown) =>
    (typeof rule === 'string' ? (HADOLINT_RULES[rule]?.names ?? []) : []).map((id) => ({
      ...{ id, file, rule: String(rule) },
    })),
  );
}
