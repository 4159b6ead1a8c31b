import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { marked } from 'marked';
import { format } from 'prettier';

mkdirSync('.output/public', { recursive: true });
const pages = readdirSync('content').filter((name) => name.endsWith('.md'));
for (const name of pages) {
  const html = await marked.parse(readFileSync(`content/${name}`, 'utf8'));
  const page = await format(`<!doctype html><body>${html}</body>`, { parser: 'html' });
  writeFileSync(`.output/public/${name.replace('.md', '.html')}`, page);
}
writeFileSync('.output/manifest.json', JSON.stringify({ pages: pages.length }));
