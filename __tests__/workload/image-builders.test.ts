import { describe, expect, test } from '@jest/globals';
import { createImageBuilders } from '../../src/workload/image-builders.js';
import { memoryReader, type Tree } from '../support/memory.js';

function builders(tree: Tree, dockerfile = 'Dockerfile'): string[] {
  return createImageBuilders(memoryReader(tree))(dockerfile).map(
    ({ file, line, text }) => `${file}:${line} (${text})`,
  );
}

const step = (...inputs: readonly string[]): string =>
  `jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n${inputs.length === 0 ? '' : '        with:\n'}${inputs.map((input) => `          ${input}\n`).join('')}`;

describe('what builds a Dockerfile', () => {
  const workflow = '.github/workflows/ci.yml';

  test('a step of a workflow, by its file, its context or the default', () => {
    expect(
      builders({ [workflow]: step('context: web', 'file: ./web/Dockerfile.prod') }, 'web/Dockerfile.prod'),
    ).toEqual([`${workflow}:7 (file: ./web/Dockerfile.prod)`]);
    expect(builders({ [workflow]: step('context: ./web') }, 'web/Dockerfile')).toEqual([
      `${workflow}:6 (context: ./web)`,
    ]);
    expect(builders({ [workflow]: step() })).toEqual([`${workflow}:4 (build-push-action)`]);
    expect(builders({ [workflow]: step('file: ${{ matrix.file }}') })).toEqual([]);
    expect(builders({ [workflow]: step('file: other/Dockerfile') })).toEqual([]);
  });

  test.each([
    [workflow, '    - run: docker build -t a .\n', 'docker build -t a .'],
    [
      workflow,
      '    - run: |\n        docker buildx build --push \\\n          --tag a:1 --file Dockerfile .\n',
      '-f Dockerfile',
    ],
    ['.gitlab-ci.yml', '  - docker build --pull -t "$IMAGE" "."\n', 'docker build --pull -t "$IMAGE" "."'],
    [
      '.gitlab-ci.yml',
      '  image: kaniko\n  - /kaniko/executor --dockerfile "${CI_PROJECT_DIR}/Dockerfile"\n',
      '--dockerfile "${CI_PROJECT_DIR}/Dockerfile',
    ],
    ['Makefile', 'image:\n\tpodman build -f Dockerfile -t $(IMAGE) .\n', '-f Dockerfile'],
    ['package.json', '{"scripts":{"image":"docker build -t a ."}}', 'docker build -t a .'],
    ['docker-bake.hcl', 'target "app" {\n  context = "."\n}\n', 'target app'],
    ['docker-bake.hcl', 'target "app" {\n  dockerfile = "Dockerfile"\n}\n', 'dockerfile = "Dockerfile"'],
  ])('a command of %s: %j', (file, text, said) => {
    expect(builders({ [file]: text }).map((found) => found.replace(/^.*?:\d+ /, ''))).toEqual([`(${said})`]);
  });

  test('relative to the root, or to the folder of the file that says so', () => {
    const tree = { 'web/Makefile': 'image:\n\tdocker build -t a .\n' };
    expect(builders(tree, 'web/Dockerfile')).toEqual(['web/Makefile:2 (docker build -t a .)']);
    expect(builders({ Makefile: 'image:\n\tdocker build -t a web\n' }, 'web/Dockerfile')).toHaveLength(1);
  });

  test('neither a comment, nor a variable, nor another file', () => {
    for (const text of [
      '# docker build .\n',
      'a:\n\tdocker build $(DIR)\n',
      'a:\n\tdocker build -f $(F) .\n',
      'a:\n\tdocker build -f b .\n',
    ]) {
      expect([text, builders({ Makefile: text })]).toEqual([text, []]);
    }
  });

  test('the files are read once, and only when somebody asks', () => {
    const reads: string[] = [];
    const reader = memoryReader({ [workflow]: step() });
    const of = createImageBuilders({ ...reader, read: (path) => (reads.push(path), reader.read(path)) });
    expect(reads).toEqual([]);
    for (const path of ['Dockerfile', 'a/Dockerfile', 'b/Dockerfile']) of(path);
    expect(reads).toEqual([workflow]);
  });
});
