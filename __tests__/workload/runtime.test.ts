import { describe, expect, test } from '@jest/globals';
import { parseImageReference } from '../../src/catalogue/catalogue.js';
import { parseDockerfile } from '../../src/formats/dockerfile/parse.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild } from '../../src/workload/dockerfile.js';
import { planHealthcheck } from '../../src/workload/runtime/health-check.js';
import type { RuntimeImage } from '../../src/workload/runtime/image.js';
import { planInit } from '../../src/workload/runtime/init.js';
import { catalogue, memoryReader } from '../support/memory.js';

const TEXT = `FROM node:22-bookworm
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
`;

function image(reference: string, family: RuntimeImage['family']): RuntimeImage {
  return { base: parseImageReference(reference), family, scratch: false, packages: new Set() };
}

function plansFor(
  runtime?: RuntimeImage,
  runs: ReturnType<DockerfileContext['runs']> = [],
): {
  readonly check: ReturnType<typeof planHealthcheck>;
  readonly init: ReturnType<typeof planInit>;
} {
  const parsed = parseDockerfile('Dockerfile', TEXT);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { document } = parsed;
  const context: DockerfileContext = {
    ...{ files: memoryReader({ Dockerfile: TEXT }), catalogue, buildContext: '.' },
    ...{ usedBy: [], runs: () => runs, digests: undefined, base: 'slim' },
  };
  const build = imageBuild(document, document.finalStage, context);
  return {
    check: planHealthcheck(document, build, context, runtime),
    init: planInit(document, build, context, runtime),
  };
}

test('a check is left to the services that run the published image, where all have one', () => {
  const run = (healthcheck: boolean) => ({ evidence: [], init: true, healthcheck });
  expect(plansFor(undefined, [run(true), run(true)]).check.kind).toBe('accepted');
  expect(plansFor(undefined, [run(true), run(false)]).check.kind).toBe('add');
});

describe('the image that runs what a stage builds', () => {
  test('is that of the stage by default', () => {
    const { check, init } = plansFor();
    expect(check.kind === 'add' && check.value.lines[1]).toContain('CMD ["node", "-e"');
    expect(init).toMatchObject({
      kind: 'add',
      value: { package: 'tini', words: ['tini', '--', 'docker-entrypoint.sh'] },
    });
  });

  test('has programs of its own', () => {
    const { check, init } = plansFor(image('gcr.io/distroless/nodejs22-debian12', 'distroless'));
    expect(check.kind === 'add' && check.value.lines[1]).toContain('CMD ["/nodejs/bin/node", "-e"');
    expect(init).toMatchObject({ kind: 'manual' });
  });

  test('has packages of its own', () => {
    const { init } = plansFor(image('node:22-alpine', 'alpine'));
    expect(init).toMatchObject({ kind: 'add', value: { install: 'apk add --no-cache tini' } });
  });
});
