import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

mkdirSync('dist', { recursive: true });
const { pages } = JSON.parse(readFileSync('site/pages.json', 'utf8'));
const layout = readFileSync('site/layout.html', 'utf8');
for (const [name, text] of Object.entries(pages)) writeFileSync(`dist/${name}.html`, layout.replace('{text}', text));
