import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRun } from '../src/harden.js';
import type { DockerfileDocument } from '../src/formats/dockerfile/document.js';
import { parseDockerfile } from '../src/formats/dockerfile/parse.js';
import { stageScope } from '../src/formats/dockerfile/scope.js';
import { imageBuild } from '../src/workload/dockerfile.js';
import type { DockerfileContext } from '../src/workload/context.js';
import { readCases } from './support/cases.js';
import { catalogue, memoryReader, memoryWorkspace, type Tree } from './support/memory.js';

const INSTALLS = /\b(?:install|add)\b[^&|;\n]*\ssudo(?=[\s=]|$)/;

function hardened(path: string, tree: Tree): string | undefined {
  const outcome = createRun(memoryWorkspace(tree), { phase: 3 }).plan({ path, format: 'dockerfile' });
  return outcome.kind === 'planned' ? outcome.plan.result : undefined;
}

/** Stages of the result that call sudo, in the build or at the start, although the install that was there is gone. */
function callsWithout(path: string, tree: Tree): string[] {
  const before = tree[path]!;
  const text = hardened(path, tree);
  const parsed = text === undefined ? undefined : parseDockerfile(path, text);
  if (parsed?.ok !== true || !INSTALLS.test(before.replaceAll('\\\n', ' '))) return [];
  const original = parseDockerfile(path, before);
  if (!original.ok) return [];
  const { document } = parsed;
  const chainTexts = (from: DockerfileDocument, index: number): string[] =>
    // A stage that a conversion appended has the original's one stage before it.
    stageScope(from, from.stages[index] ?? from.finalStage).instructions.map(({ start, end }) =>
      from.text.slice(start, end).replaceAll('\\\n', ' '),
    );
  const installs = (from: DockerfileDocument, index: number): boolean =>
    chainTexts(from, index).some((each) => INSTALLS.test(each));
  const context: DockerfileContext = {
    ...{
      files: memoryReader(tree),
      catalogue,
      usedBy: [],
      runs: () => [],
      digests: undefined,
      base: 'slim',
    },
    buildContext: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.',
  };
  return document.stages.flatMap((stage) => {
    const build = imageBuild(document, stage, context);
    if (!installs(original.document, stage.index) || installs(document, stage.index)) return [];
    const calls = [
      ...build.runCommands.map(({ program }) => program),
      ...build.startup.programs.map(({ name }) => name),
    ].filter((name) => /(?:^|\/)sudo$/.test(name ?? ''));
    return calls.length > 0 ? [`stage ${stage.index} of\n${document.text}`] : [];
  });
}

test('no fixture calls sudo after its removal', () => {
  const faults = readCases()
    .filter(({ id, text }) => id.startsWith('dockerfile/') && INSTALLS.test(text.replaceAll('\\\n', ' ')))
    .flatMap(({ path, text, files }) => callsWithout(path, { ...files, [path]: text }));
  expect(faults).toEqual([]);
});

const PIECES = [
  'USER app',
  'USER root',
  'USER $WHO',
  'COPY run.sh /run.sh',
  'COPY . /srv/app',
  'WORKDIR /srv/app',
  'RUN sudo chmod +x /run.sh',
  'RUN sudo chown -R app:app /srv/app',
  'RUN sudo apt-get update && sudo apt-get install -y jq',
  'RUN sudo mkdir /cache && \\\n  # a comment\n  sudo chmod 1777 /cache',
  'RUN npm ci && sudo npm link',
  'RUN sudo -u nobody true',
  'RUN ["sudo", "true"]',
  'RUN bash -c "sudo true"',
  'RUN <<EOF\nsudo true\nEOF',
  'RUN ./setup.sh',
  'RUN echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app && useradd -m app',
  'RUN usermod -aG sudo,video app',
  'RUN apt-get update && apt-get install -y sudo && rm -rf /var/lib/apt/lists/*',
  'RUN apt-get install -y git \\\n  sudo tini',
  'FROM base',
  'FROM debian:bookworm-slim',
  'ONBUILD RUN sudo true',
  'CMD ["/run.sh"]',
  'CMD ["git", "daemon"]',
  'ENTRYPOINT sudo git daemon',
];

test('no generated file calls sudo after its removal', () => {
  const scripts = fc.constantFrom('#!/bin/sh\nexec git daemon\n', '#!/bin/sh\nsudo git daemon\n');
  const lines = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 10 });
  let removed = 0;
  fc.assert(
    fc.property(lines, scripts, (body, script) => {
      const start = 'RUN apt-get update && apt-get install -y curl sudo && useradd -m app';
      const text = ['FROM debian:bookworm-slim AS base', start, ...body, ''].join('\n');
      const tree = { Dockerfile: text, 'run.sh': script, 'setup.sh': script };
      expect(callsWithout('Dockerfile', tree)).toEqual([]);
      const result = hardened('Dockerfile', tree);
      if (result !== undefined && !/\binstall\b.*\bsudo\b/.test(result)) removed += 1;
    }),
    // The same files each time: how many of them lose sudo is counted.
    { numRuns: 400, seed: 20 },
  );
  expect(removed).toBeGreaterThan(3);
});
