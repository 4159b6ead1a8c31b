import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export function greeting(language: string, name: string): string | undefined {
  const file = new URL(`../locales/${basename(language)}.json`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const { hello } = JSON.parse(readFileSync(file, 'utf8')) as { hello: string };
  return hello.replace('%s', name);
}
