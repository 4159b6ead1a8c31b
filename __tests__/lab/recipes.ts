import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Engine } from './engine.js';

/** The label by which an image says what it was made from. */
const RECIPE = 'lab.recipe';

/** What an image is made from: other sources give another recipe. */
export function recipeOf(paths: readonly string[], base: string): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${basename(path)}\n${readFileSync(path, 'utf8')}\n`);
  return hash.update(base).digest('hex').slice(0, 16);
}

export function labelled(recipe: string): string {
  return `${RECIPE}=${recipe}`;
}

/** The recipe that an image was made by; undefined without that image. */
export async function recipeIn(engine: Engine, tag: string): Promise<string | undefined> {
  const found = await engine.call(['image', 'inspect', '-f', `{{index .Config.Labels "${RECIPE}"}}`, tag]);
  return found.code === 0 ? found.stdout.trim() : undefined;
}

/** Whether one of an image's tags is missing, or names one that was made otherwise. */
export async function isMissing(engine: Engine, tags: readonly string[], recipe: string): Promise<boolean> {
  const found = await Promise.all(tags.map((tag) => recipeIn(engine, tag)));
  return found.some((other) => other !== recipe);
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
