/**
 * `npm run new-transform -- <format>/<verb-object>`: writes a transform that finds nothing yet, its line in the
 * registry, and one fixture, so that the first test to fail is yours.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../src/io/package.js';

const INPUTS: Readonly<Record<string, readonly [file: string, text: string]>> = {
  compose: ['input.yml', 'services:\n  web:\n    image: nginx\n'],
  dockerfile: ['input.dockerfile', 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "index.js"]\n'],
  systemd: ['input.service', '[Service]\nExecStart=/usr/bin/example\n'],
  quadlet: ['input.container', '[Container]\nImage=docker.io/library/nginx:1.29\n'],
  fly: ['input.toml', 'app = "example"\n\n[http_service]\n  internal_port = 8080\n'],
  render: ['input.yaml', 'services:\n  - type: web\n    name: web\n    runtime: node\n'],
};

function meta(id: string): string {
  return `{
    id: '${id}',
    title: '',
    description: '',
    severity: 'medium',
    phase: 2,
    mayBreak: '',
    touches: [],
    controls: [],
    references: [],
  }`;
}

const SOURCES: Readonly<Record<string, (id: string, name: string) => string>> = {
  compose: (id, name) => `import { forEachService } from './service.js';

export const ${name} = forEachService(
  ${meta(id)},
  () => undefined,
);
`,
  dockerfile: (id, name) => `import type { Transform } from '../../src/core/types.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';

export const ${name}: Transform<DockerfileDocument, DockerfileContext> = {
  meta: ${meta(id)},
  run: () => [],
};
`,
  quadlet: (id, name) => `import { forContainer } from './container.js';

export const ${name} = forContainer(
  ${meta(id)},
  () => undefined,
);
`,
  fly: (id, name) => `import { forEachService } from './service.js';

export const ${name} = forEachService(
  ${meta(id)},
  () => undefined,
);
`,
  render: (id, name) => `import { forEachResource } from './resource.js';

export const ${name} = forEachResource(
  ${meta(id)},
  () => undefined,
);
`,
  systemd: (id, name) => `import { directive } from './directive.js';

export const ${name} = directive({
  meta: ${meta(id)},
  settings: [],
  message: '',
  decide: () => undefined,
});
`,
};

function register(registry: string, format: string, file: string, name: string): string {
  const imports = [...registry.matchAll(new RegExp(`^import .* from './${format}/.*';$`, 'gm'))].at(-1);
  const list = new RegExp(`(  ${format}: \\[[^\\]]*?),?(\\s*\\],)`).exec(registry);
  if (imports === undefined || list === null) throw new Error('transforms/index.ts has another shape');
  const line = `\nimport { ${name} } from './${format}/${file}.js';`;
  const at = imports.index + imports[0].length;
  return (registry.slice(0, at) + line + registry.slice(at)).replace(
    list[0],
    `${list[1]}, ${name}${list[2]}`,
  );
}

const id = process.argv[2] ?? '';
const [, format = '', file = ''] =
  /^(compose|dockerfile|systemd|quadlet|fly|render)\/([a-z][a-z0-9-]+)$/.exec(id) ?? [];
const source = SOURCES[format];
const input = INPUTS[format];
const root = packageRoot();
const path = join(root, 'transforms', `${id}.ts`);
if (source === undefined || input === undefined || existsSync(path)) {
  console.error(
    'usage: npm run new-transform -- compose|dockerfile|systemd|quadlet|fly|render/<verb-object>, for a new name',
  );
  process.exitCode = 2;
} else {
  const name = file.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const fixture = join(root, '__tests__', 'transforms', id, 'first-case', input[0]);
  const index = join(root, 'transforms', 'index.ts');
  mkdirSync(dirname(fixture), { recursive: true });
  writeFileSync(fixture, input[1]);
  writeFileSync(path, source(id, name));
  writeFileSync(index, register(readFileSync(index, 'utf8'), format, file, name));
  console.log(`transforms/${id}.ts, a line in transforms/index.ts, and ${fixture.slice(root.length + 1)}`);
  console.log(
    'Next: the policy, three fixtures (a change, a no-op, a refusal), npm run fixtures, npm run docs.',
  );
}
