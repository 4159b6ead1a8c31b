import { expect, test } from '@jest/globals';
import type { ImageFacts } from '../../src/catalogue/types.js';
import { composeAdapter } from '../../src/formats/compose/parse.js';
import { otherUserNeed } from '../../src/workload/compose/needs/other-user.js';
import { createProject } from '../../src/workload/compose/project.js';
import { memoryReader } from '../support/memory.js';

const facts: ImageFacts = {
  name: 'web',
  match: ['web'],
  role: 'web-server',
  kind: 'server',
  commands: ['web'],
  user: { starts: 'root', stepsDownTo: 'web', mayStartAs: { uid: 101, gid: 101 }, cites: [] },
  ports: { listens: [80], cites: [] },
};

function needOf(service: string): ReturnType<typeof otherUserNeed> {
  const parsed = composeAdapter.parse('compose.yml', `services:\n  web:\n    image: web\n${service}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  const view = createProject({
    documents: [parsed.document],
    folder: '.',
    files: memoryReader({}),
    load: () => undefined,
    hardens: () => false,
  }).service('web');
  return otherUserNeed(view!, facts, []);
}

test('a port below 1024 is open to every user in a network of its own, not in that of the host', () => {
  expect(needOf('')).toMatchObject({ certainty: 'likely', value: { uid: 101, gid: 101 } });
  expect(needOf('    network_mode: host\n')).toMatchObject({
    certainty: 'unknown',
    reason: 'only root may listen on port 80 of the host',
  });
});
