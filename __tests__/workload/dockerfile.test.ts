import { describe, expect, test } from '@jest/globals';
import { readDefault } from '../../src/core/options.js';
import fc from 'fast-check';
import { createCatalogue } from '../../src/catalogue/catalogue.js';
import { parseDockerfile } from '../../src/formats/dockerfile/parse.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { findCopiedFile } from '../../src/workload/copied-files.js';
import { imageBuild, type ImageBuild } from '../../src/workload/dockerfile.js';
import { copyInsteadOfAdd } from '../../transforms/dockerfile/copy-instead-of-add.js';
import { execFormCommand } from '../../transforms/dockerfile/exec-form-command.js';
import { noInstallRecommends } from '../../transforms/dockerfile/no-install-recommends.js';
import { runAsNonRoot } from '../../transforms/dockerfile/run-as-non-root.js';
import { memoryReader, type Tree } from '../support/memory.js';

function contextOf(tree: Tree = {}, archives: readonly string[] = []): DockerfileContext {
  return {
    files: {
      ...memoryReader(tree),
      kind: (path) => (archives.includes(path) ? 'archive' : memoryReader(tree).kind(path)),
    },
    catalogue: createCatalogue([]),
    buildContext: '.',
    usedBy: [],
    runs: () => [],
    digests: undefined,
    base: 'slim',
  };
}

function parse(...lines: readonly string[]): DockerfileDocument {
  const result = parseDockerfile('Dockerfile', lines.join('\n'));
  if (!result.ok) throw new Error(result.reason);
  return result.document;
}

function build(document: DockerfileDocument, context = contextOf()): ImageBuild {
  return imageBuild(document, document.finalStage, context);
}

describe('user', () => {
  test.each([
    [['FROM debian:12'], 'known', { name: 'root', root: true }],
    [['FROM docker.io/library/node:22'], 'known', { name: 'root', root: true }],
    [['FROM example.org/x'], 'unknown', { name: 'root', root: true }],
    [['FROM gcr.io/distroless/static:nonroot'], 'unknown', { name: 'root', root: true }],
    [['FROM scratch', 'USER 0:0'], 'known', { name: '0:0', root: true }],
    [['FROM example.org/x', 'USER app'], 'known', { name: 'app', root: false }],
    [['FROM example.org/x', 'ENV U=joe', 'USER $U'], 'known', { name: 'joe', root: false }],
    [['FROM example.org/x', 'USER $APP_UID'], 'likely', { name: '$APP_UID', root: false }],
  ])('%j', (lines, certainty, value) => {
    expect(build(parse(...lines)).user).toMatchObject({ certainty, value });
  });
});

describe('files of the build context', () => {
  const context = contextOf({
    'docker/start.sh': '#!/bin/sh\nexec gosu app "$@"\n',
    'bin/tool': '#!/bin/sh\nping example.org\n',
  });
  const find = (path: string, ...lines: readonly string[]): string | undefined => {
    const document = parse(...lines);
    return findCopiedFile(document, document.finalStage, path, context.files, '.')?.file;
  };

  test.each([
    ['/start.sh', ['FROM a', 'COPY docker/start.sh /'], 'docker/start.sh'],
    ['/entry', ['FROM a', 'COPY docker/start.sh /entry'], 'docker/start.sh'],
    ['/app/docker/start.sh', ['FROM a', 'WORKDIR /app', 'COPY . .'], 'docker/start.sh'],
    ['/app/start.sh', ['FROM a', 'WORKDIR /app', 'COPY docker/ ./'], 'docker/start.sh'],
    ['/app/start.sh', ['FROM a', 'WORKDIR /app', 'COPY docker/*.sh ./'], 'docker/start.sh'],
    [
      '/x/start.sh',
      ['FROM a AS b', 'COPY docker /b', 'FROM a', 'COPY --from=b /b/start.sh /x/'],
      'docker/start.sh',
    ],
    ['/x', ['FROM a', 'COPY <<EOF /x', 'y', 'EOF'], 'Dockerfile'],
    ['/start.sh', ['FROM a', 'COPY --from=example.org/b docker/start.sh /'], undefined],
    ['/start.sh', ['FROM a', 'RUN touch /start.sh'], undefined],
  ])('%s', (path, lines, file) => {
    expect(find(path, ...lines)).toBe(file);
  });

  test('what starts is followed through inits, shells and scripts', () => {
    const document = parse(
      'FROM debian',
      'COPY docker/start.sh bin/tool /usr/local/bin/',
      'ENTRYPOINT ["tini", "--", "start.sh"]',
      'CMD sh -c "exec tool"',
    );
    const image = build(document, context);
    expect(image.startup.programs.map(({ name }) => name)).toEqual([
      'start.sh',
      'gosu',
      'sh',
      'tool',
      'ping',
    ]);
    expect(image.stepsDown).toEqual([{ file: 'docker/start.sh', line: 2, text: 'exec gosu app "$@"' }]);
    expect(image.setuidHelpers).toMatchObject({ certainty: 'known', value: ['ping'] });
  });
});

test('ADD of what the build context holds as an archive stays', () => {
  const [finding] = copyInsteadOfAdd.run(
    parse('FROM a', 'ADD bundle /opt/'),
    contextOf({}, ['bundle']),
    readDefault,
  );
  expect(finding).toMatchObject({ safety: 'accepted', reason: 'COPY would not unpack it' });
});

test('no transform throws, whatever a Dockerfile says', () => {
  const line = fc.constantFrom(
    ...[
      'FROM node:22',
      'FROM $X',
      'FROM scratch AS b',
      'USER',
      'USER $A',
      'WORKDIR $B',
      'WORKDIR /app',
      'ADD',
      'ADD a',
    ],
    ...[
      'ADD [] /',
      'ADD ["a", "b"]',
      'COPY . .',
      'COPY --from=0 / /',
      'COPY <<E /x\nE',
      'RUN apt-get install',
      'RUN [',
    ],
    ...[
      'RUN apt install $(x) `y`',
      'RUN <<E\napt-get install curl\nE',
      'CMD []',
      'CMD',
      'CMD npm start',
      'CMD "',
      'CMD sh -c',
    ],
    ...[
      'ENTRYPOINT ["sh", "-c"]',
      'ENTRYPOINT . ./x',
      'ENTRYPOINT ["tini"]',
      'VOLUME',
      'VOLUME ["$A"]',
      'ENV',
      'ENV A',
      'EXPOSE x',
    ],
  );
  const transforms = [copyInsteadOfAdd, noInstallRecommends, execFormCommand, runAsNonRoot];
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const result = parseDockerfile('Dockerfile', ['FROM debian', ...lines].join('\n'));
      if (!result.ok) return;
      for (const transform of transforms)
        transform.run(result.document, contextOf({ x: 'echo' }), readDefault);
    }),
    { numRuns: 1000 },
  );
});
