import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAB = fileURLToPath(new URL('..', import.meta.url));

/** A text that takes another's place; the other has to be there. */
export type Replacement = readonly [from: string, to: string];

/** A project with one deliberate mistake in what stands in its hardened files. */
export interface WrongCase {
  readonly name: string;
  /** The project's folder, in the lab's. */
  readonly project: string;
  /** Changes of the project's own files, before all else. */
  readonly original?: Readonly<Record<string, readonly Replacement[]>>;
  /** Hardened files, made from the originals; where there are none, what harden itself plans is wrong. */
  readonly wrong: Readonly<Record<string, readonly Replacement[]>>;
  /** Files that stand in the project besides. */
  readonly files?: Readonly<Record<string, string>>;
  /** The user's own check. */
  readonly smoke?: string;
  /** What the first diagnosis has to name. */
  readonly cause: RegExp;
  /** What the checks that fail have to tell; by default anything. */
  readonly symptom?: RegExp;
  /** What the hardened files have to say at the end. */
  readonly mended?: Readonly<Record<string, RegExp>>;
  /** What harden.config.yml has to say at the end; where it is undefined there must be none. */
  readonly override?: RegExp;
  /** What `harden --dry-run` has to show at the end. */
  readonly planned?: RegExp;
}

/** A line by which a hardened file is seen to be kept as a person wrote it. */
export const COMMENT = '# Reviewed by hand.';

/** Puts the case's files into an empty folder. */
export function layOut({ project, original = {}, wrong, files = {} }: WrongCase, folder: string): void {
  cpSync(join(LAB, project), folder, { recursive: true });
  rmSync(join(folder, 'workload.json'), { force: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const [name, replacements] of Object.entries(original))
    writeFileSync(join(folder, name), replaced(folder, name, replacements));
  for (const [name, replacements] of Object.entries(wrong))
    writeFileSync(join(folder, hardenedName(name)), `${COMMENT}\n${replaced(folder, name, replacements)}`);
}

export function hardenedName(name: string): string {
  return name.endsWith('.yml') ? name.replace(/\.yml$/, '.hardened.yml') : `${name}.hardened`;
}

function replaced(folder: string, name: string, replacements: readonly Replacement[]): string {
  return replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${name} doesn't say ${from}`);
      return text.replace(from, () => to);
    },
    readFileSync(join(folder, name), 'utf8'),
  );
}
