import { describe, expect, test } from '@jest/globals';
import { parseDockerfile } from '../../src/formats/dockerfile/parse.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import { readDockerignore } from '../../src/formats/dockerignore.js';
import { contextOf } from '../../src/workload/context-of.js';
import { contextSources } from '../../src/workload/context-sources.js';
import { completed, missingIgnores, type IgnoreProposal } from '../../src/workload/ignore-additions.js';
import { memoryReader, type Tree } from '../support/memory.js';

function parse(text: string, path = 'Dockerfile'): DockerfileDocument {
  const parsed = parseDockerfile(path, text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

/** What is proposed for one Dockerfile at the root, whose text is given by its instructions. */
function propose(instructions: string, given: Tree = {}, ...others: readonly string[]): IgnoreProposal {
  const tree: Tree = { '.gitignore': '.env\n', ...given };
  const document = parse(`FROM node:22\n${instructions}\n`);
  return missingIgnores({
    documents: [document],
    others: others.map((text) => parse(`FROM node:22\n${text}\n`, 'other/Dockerfile')),
    files: memoryReader(tree),
    buildContext: '.',
    existing: tree['.dockerignore'],
  });
}

const lines = ({ additions }: IgnoreProposal): string[] => additions.map(({ pattern }) => pattern);
const kept = (proposal: IgnoreProposal): Record<string, string> =>
  Object.fromEntries(proposal.kept.map(({ pattern, reason }) => [pattern, reason]));
const safetyOf = (proposal: IgnoreProposal, pattern: string): string | undefined =>
  proposal.additions.find((addition) => addition.pattern === pattern)?.safety;

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';

describe('what an ignore file lacks', () => {
  test('is what lies beside the sources in everyday work, where the whole context is copied', () => {
    expect(lines(propose('COPY . .'))).toEqual(['.git', '.env', '.env.*']);
    for (const whole of ['ADD ./ /app', 'COPY --chown=node / /app', 'COPY ["./", "/app"]', 'COPY * ./']) {
      expect([whole, lines(propose(whole))]).toEqual([whole, ['.git', '.env', '.env.*']]);
    }
    expect(lines(propose('RUN --mount=target=/src cp -r /src /app'))).toContain('.git');
  });

  test('is nothing where only what is named is copied, or nothing at all', () => {
    for (const some of [
      'COPY src src',
      'COPY package*.json ./',
      'RUN true',
      'COPY --from=0 . .',
      'COPY <<EOF /a\n.\nEOF',
    ]) {
      expect([some, propose(some)]).toEqual([some, { additions: [], kept: [] }]);
    }
  });

  test('is not what it holds already, in whatever form', () => {
    const texts = ['.git\n.env\n.env.*\n', '/.git/\n.env*\n', '**/.git\n**/.env*\n!.env.example\n', '.*\n'];
    for (const text of texts)
      expect([text, lines(propose('COPY . .', { '.dockerignore': text }))]).toEqual([text, []]);
  });

  test('is nothing for a list of what is let in, and for one that Docker refuses', () => {
    for (const text of ['*\n!src\n', '# only\n**\n!src\n', '/*\n!/src\n', '[\n']) {
      expect([text, propose('COPY . .', { '.dockerignore': text })]).toEqual([
        text,
        { additions: [], kept: [] },
      ]);
    }
  });

  test('has no local settings where nobody makes any', () => {
    expect(lines(propose('COPY . .', { '.gitignore': '*.log\n', 'go.mod': 'module a\n' }))).toEqual(['.git']);
    expect(lines(propose('COPY . .', { '.gitignore': '', 'requirements.txt': '' }))).toContain('.env');
    // Who left out the one and keeps none of the others decided on it.
    expect(lines(propose('COPY . .', { '.dockerignore': '.env\n' }))).toEqual(['.git']);
    expect(lines(propose('COPY . .', { '.dockerignore': '.env\n', '.env.prod': '' }))).toEqual([
      '.git',
      '.env.*',
    ]);
  });

  test('is not what describes the build alone', () => {
    const ignored = { '.dockerignore': '.git\n.env*\n', Dockerfile: '' };
    expect(propose('COPY . .', ignored).additions).toEqual([]);
  });

  test('stays away from what an exception lets in', () => {
    const proposal = propose('COPY . .', {
      '.dockerignore': '.git\n.env\n!.env.production\n',
      '.env.production': 'A=1\n',
    });
    expect(lines(proposal)).toEqual([]);
    expect(kept(proposal)).toEqual({ '.env.*': '!.env.production lets it in' });
  });

  test('proposes nothing more for its own result', () => {
    const tree: Tree = {
      ...{ '.env.example': 'A=\n', 'package.json': '{}', 'compose.yaml': 'services: {}\n', 'tls/a.key': KEY },
      Dockerfile: '',
    };
    const proposal = propose('RUN npm ci\nCOPY . .', tree);
    expect(lines(proposal)).toEqual([
      ...[
        '.git',
        '.env',
        '.env.*',
        '!.env.example',
        'tls/a.key',
        'node_modules',
        'Dockerfile*',
        'compose*.yaml',
      ],
    ]);
    const text = completed('*.log', lines(proposal), 'Added');
    expect(text).toMatch(/^\*\.log\n\n# Added\n\.git\n/);
    expect(propose('RUN npm ci\nCOPY . .', { ...tree, '.dockerignore': text }).additions).toEqual([]);
  });
});

describe('.git', () => {
  test.each([
    ['a command', 'COPY . .\nRUN echo $(git rev-parse HEAD) > version', {}],
    ['a linker flag', 'COPY . .\nRUN go build -ldflags "-X main.v=$(git describe --tags)" .', {}],
    ['the stamp of Go', 'COPY . .\nRUN go build -buildvcs=true .', {}],
    ['a mount of it', 'COPY . .\nRUN --mount=source=.git,target=.git make', {}],
    [
      'setuptools-scm',
      'COPY . .\nRUN pip install .',
      { 'pyproject.toml': '[build-system]\nrequires = ["setuptools_scm"]\n' },
    ],
    [
      'a plugin of Gradle',
      'COPY . .\nRUN ./gradlew build',
      { 'app/build.gradle': 'id "com.gorylenko.gradle-git-properties"\n' },
    ],
    [
      'a plugin of Maven',
      'COPY . .\nRUN mvn package',
      { 'pom.xml': '<artifactId>git-commit-id-maven-plugin</artifactId>' },
    ],
    [
      'a stamp that the program shows',
      'COPY . .\nRUN go build -o /a .',
      { 'version.go': 'if s.Key == "vcs.revision" {\n' },
    ],
    [
      'what Nim runs while it compiles',
      'COPY . .\nRUN nimble build -d:release',
      { 'src/views/version.nim': 'const commit = staticExec("git show -s --format=%h")\n' },
    ],
    ['a Makefile', 'COPY . .\nRUN make', { Makefile: 'V := $(shell git describe)\n' }],
    [
      'a script that package.json names',
      'COPY . .\nRUN npm run build',
      {
        'package.json': '{"scripts":{"build":"node scripts/info.mjs"}}',
        'scripts/info.mjs': 'execFileSync("git", ["rev-parse", "HEAD"])\n',
      },
    ],
  ] as [string, string, Tree][])('stays for %s', (_name, instructions, tree) => {
    const proposal = propose(instructions, tree);
    expect(lines(proposal)).not.toContain('.git');
    expect(kept(proposal)['.git']).toMatch(/^(?:the build asks git|it is copied by its name)$/);
    expect(proposal.kept[0]?.evidence).toHaveLength(1);
  });

  test.each([
    [
      'the clone of another repository',
      'COPY . .\nRUN git clone https://example.org/a.git && cd a && git checkout v1',
    ],
    ['the address of a package', 'COPY . .\nRUN pip install git+https://example.org/a.git'],
    ['its own removal', 'COPY . .\nRUN rm -rf .git'],
    ['a build without the stamp', 'COPY . .\nRUN go build -buildvcs=false .'],
    ['a compiler that runs nothing', 'COPY . .\nRUN nimble build'],
  ])('goes for all of %s', (_name, instructions) => {
    expect(lines(propose(instructions))).toContain('.git');
  });

  test('goes safely only where no program of the project is run', () => {
    expect(safetyOf(propose('RUN npm ci\nCOPY . .'), '.git')).toBe('safe');
    expect(safetyOf(propose('COPY . .\nRUN npm run build'), '.git')).toBe('unsafe');
    const prepared = { 'package.json': '{"scripts":{"prepare":"husky"}}' };
    expect(safetyOf(propose('COPY . .\nRUN npm ci', prepared), '.git')).toBe('unsafe');
  });

  test('is not looked for in a folder of a repository', () => {
    const document = parse('FROM a\nCOPY . .\n', 'web/Dockerfile');
    const files = memoryReader({ 'web/package.json': '', '.git/config': '' });
    const proposal = missingIgnores({
      documents: [document],
      others: [],
      files,
      buildContext: 'web',
      existing: undefined,
    });
    expect(lines(proposal)).toEqual(['.env', '.env.*', 'node_modules']);
  });
});

describe('.env', () => {
  test('stays where the build or the program needs it, and says why', () => {
    const cases: [string, Tree, RegExp][] = [
      [
        'COPY . .\nRUN npm run build',
        { 'package.json': '{"devDependencies":{"vite":"6"}}' },
        /the build puts its values/,
      ],
      [
        'COPY . .\nRUN npx next build',
        { 'package.json': '{"dependencies":{"next":"15"}}' },
        /the build puts its values/,
      ],
      ['COPY . .', { 'composer.json': '{"require":{"symfony/dotenv":"7"}}' }, /Symfony can fail/],
      ['COPY . .', { 'go.mod': 'require github.com/joho/godotenv v1.5.1\n' }, /godotenv can fail/],
      ['COPY . .\nRUN set -a && . ./.env && make', {}, /the build reads it/],
      ['COPY . .\nCOPY .env /app/.env', {}, /it is copied by its name/],
    ];
    for (const [instructions, tree, reason] of cases) {
      const proposal = propose(instructions, tree);
      expect([instructions, lines(proposal).includes('.env')]).toEqual([instructions, false]);
      expect(kept(proposal)['.env']).toMatch(reason);
    }
  });

  test('goes where the build makes it from an example, which stays', () => {
    const proposal = propose('COPY . .\nRUN cp .env.example .env', {
      '.env.example': 'A=\n',
      '.env.sample': '',
    });
    expect(lines(proposal)).toEqual(['.git', '.env', '.env.*', '!.env.example', '!.env.sample']);
    expect(safetyOf(proposal, '.env')).toBe('unsafe');
  });

  test('a file that is copied by its name stays, the others go', () => {
    const proposal = propose('COPY . .\nCOPY .env.production .env', { '.env.production': 'A=1\n' });
    expect(lines(proposal)).toEqual(['.git', '.env']);
    expect(kept(proposal)).toEqual({ '.env.*': 'it is copied by its name' });
  });
});

describe('private keys', () => {
  test('go by their own names; certificates, keys of tests and keys that the sources name stay', () => {
    const proposal = propose('COPY . .', {
      'deploy/id_rsa': KEY,
      'ca.pem': '-----BEGIN CERTIFICATE-----\n',
      'public.key': '-----BEGIN PUBLIC KEY-----\n',
      'test/fixtures/a.key': KEY,
      'tls/server.key': KEY,
      'nginx.conf': 'ssl_certificate_key /app/tls/server.key;\n',
    });
    expect(lines(proposal)).toEqual(['.git', '.env', '.env.*', 'deploy/id_rsa']);
    expect(kept(proposal)).toEqual({
      'test/fixtures/a.key': 'it is a key of the tests',
      'tls/server.key': 'the sources name it: mount it when the container starts',
    });
  });
});

describe('what the image makes itself', () => {
  test('node_modules go where it installs its own, and stay where it runs those of the host', () => {
    const tree = { 'package.json': '{}' };
    expect(lines(propose('COPY . .\nRUN make', { 'docs/package.json': '{}' }))).not.toContain(
      '**/node_modules',
    );
    expect(lines(propose('RUN npm ci\nCOPY . .', tree))).toContain('node_modules');
    expect(lines(propose('COPY . .\nCMD ["python", "a.py"]', tree))).toContain('node_modules');
    expect(lines(propose('RUN npm ci\nCOPY . .', { ...tree, 'packages/a/package.json': '{}' }))).toContain(
      '**/node_modules',
    );
    const proposal = propose('COPY . .\nCMD ["node", "a.js"]', tree);
    expect(lines(proposal)).not.toContain('node_modules');
    expect(kept(proposal)).toHaveProperty('node_modules', 'the image installs none of its own');
    expect(lines(propose('RUN npm i -g pnpm\nCOPY . .\nCMD node a.js', tree))).not.toContain('node_modules');
    expect(lines(propose('RUN npm ci\nCOPY . .\nCOPY node_modules/x ./x', tree))).not.toContain(
      'node_modules',
    );
  });

  test('the environments of Python go, unless the image uses one that it does not make', () => {
    const tree = { 'requirements.txt': '' };
    expect(lines(propose('COPY . .\nRUN pip install -r requirements.txt', tree))).toEqual(
      expect.arrayContaining(['.venv', '**/__pycache__']),
    );
    expect(lines(propose('COPY . .\nCMD [".venv/bin/python", "a.py"]', tree))).not.toContain('.venv');
    expect(lines(propose('RUN uv sync\nCOPY . .\nCMD [".venv/bin/python", "a.py"]', tree))).toContain(
      '.venv',
    );
  });

  test('results go where git does not keep them and every stage with the sources builds them', () => {
    const tree = { '.gitignore': '.env\n/target/\ndist\n', 'Cargo.toml': '' };
    expect(lines(propose('COPY . .\nRUN cargo build --release', tree))).toContain('target');
    expect(lines(propose('COPY . .\nRUN cargo build --release', { 'Cargo.toml': '' }))).not.toContain(
      'target',
    );
    expect(lines(propose('COPY . .', tree))).not.toContain('target');
    expect(lines(propose('COPY . .\nRUN npm run build', tree))).toContain('dist');
    expect(lines(propose('COPY . .\nRUN npm run build\nCOPY dist/extra /extra', tree))).not.toContain('dist');
    expect(
      lines(propose('COPY . .\nRUN npm run build\nFROM a\nCOPY . .\nCMD node dist', tree)),
    ).not.toContain('dist');
  });

  test('what describes the build goes, unless it is copied by its name or used', () => {
    const tree = {
      Dockerfile: '',
      'docker-compose.yml': '',
      'docker-compose.dev.yml': '',
      'harden.lock': '',
    };
    expect(lines(propose('COPY . .', tree)).slice(3)).toEqual([
      'Dockerfile*',
      'docker-compose*.yml',
      'harden.lock',
    ]);
    expect(lines(propose('COPY . .\nCOPY Dockerfile /usr/share/', tree)).slice(3)).toEqual([
      'docker-compose*.yml',
      'harden.lock',
    ]);
    expect(lines(propose('COPY . .\nCMD docker compose up', tree)).slice(3)).toEqual([]);
  });
});

test('what any Dockerfile with the context copies by name is still there', () => {
  const tree: Tree = {
    ...{
      'package.json': '{}',
      '.env.production': '',
      'tls/a.key': KEY,
      'compose.yml': '',
      Dockerfile: '',
      'Dockerfile.dev': '',
    },
    ...{ 'src/.env.local': '', 'src/Dockerfile': '', '.git/config': '', '.gitignore': '.env\ndist\n' },
  };
  const copies = [
    ...[
      'COPY .env.production .env',
      'COPY tls /tls',
      'ADD compose.yml /',
      'COPY Docker* /d/',
      'COPY src /src',
    ],
    ...[
      'COPY .git/ /g',
      'COPY dist /d',
      'RUN --mount=type=bind,source=node_modules,target=/m true',
      'COPY tls/*.key /k/',
    ],
  ];
  for (const copy of copies) {
    for (const proposal of [
      propose(`RUN npm ci\nCOPY . .\nRUN npm run build\n${copy}`, tree),
      propose(`RUN npm ci\nCOPY . .\nRUN npm run build\nFROM a\n${copy}`, tree),
      propose('RUN npm ci\nCOPY . .\nRUN npm run build', tree, copy),
    ]) {
      const ignore = readDockerignore(lines(proposal).join('\n'));
      const [source] = contextSources(parse(`FROM a\n${copy}\n`));
      const named = readDockerignore(source!.path!);
      const below = Object.keys(tree).filter((path) => named.ignores(path));
      const lost = [source!.path!, ...below].filter((path) => ignore.ignores(path));
      expect([copy, lost]).toEqual([copy, []]);
    }
  }
});

test('lines are added to a text that stays byte for byte', () => {
  for (const text of ['', 'a', 'a\n', '\ufeffa\r\nb\r\n', 'a\r\nb', '# c\n\n']) {
    const result = completed(text, ['x', 'y'], 'Added');
    expect(result.startsWith(text)).toBe(true);
    expect(result).toMatch(text.includes('\r\n') ? /# Added\r\nx\r\ny\r\n$/ : /# Added\nx\ny\n$/);
    expect(readDockerignore(result).ignores('x')).toBe(true);
  }
});

describe('the context of a Dockerfile', () => {
  const context = (
    path: string,
    text: string,
    tree: Tree,
    said: readonly string[] = [],
  ): string | undefined => contextOf(parse(`FROM a\n${text}\n`, path), memoryReader(tree), said);

  test('is what Compose says, when it says one thing', () => {
    expect(context('web/Dockerfile', 'COPY . .', {}, ['.'])).toBe('.');
    expect(context('web/Dockerfile', 'COPY . .', {}, ['.', 'web'])).toBeUndefined();
    expect(context('web/Dockerfile', 'COPY . .', {}, ['..'])).toBeUndefined();
  });

  test('is where what it copies is found, its own folder first', () => {
    const tree = { 'go.mod': '', 'docker/entry.sh': '', 'web/package.json': '' };
    expect(context('docker/Dockerfile', 'COPY go.mod docker/entry.sh ./\nCOPY . .', tree)).toBe('.');
    expect(context('docker/Dockerfile', 'COPY entry.sh ./\nCOPY . .', tree)).toBe('docker');
    expect(context('web/Dockerfile', 'COPY . .', tree)).toBe('web');
  });

  test('is not known where it may be another one with an ignore file of its own', () => {
    expect(context('docker/Dockerfile', 'COPY . .', { 'package.json': '' })).toBeUndefined();
    const ignored = { '.dockerignore': '', 'web/package.json': '' };
    expect(context('web/Dockerfile', 'COPY . .', ignored)).toBeUndefined();
    expect(context('web/Dockerfile', 'COPY . .', { ...ignored, 'web/.dockerignore': '' })).toBe('web');
  });
});
