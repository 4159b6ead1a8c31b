import { expect, test } from '@jest/globals';
import type { UnitCommands } from '../../src/workload/unit/collect.js';
import { namedPorts } from '../../src/workload/unit/listening.js';

const portsIn = (...args: readonly string[]): readonly number[] => {
  const program = { args, closed: false, facts: [], evidence: { file: 'a.service', line: 1, text: '' } };
  return namedPorts({ programs: [program] } as unknown as UnitCommands).map(({ port }) => port);
};

test.each([
  [['serve', '--port', '18789'], [18789]],
  [['--port=80'], [80]],
  [['--listen', ':8080'], [8080]],
  [['--http-addr=127.0.0.1:9000'], [9000]],
  [['--bind', '[::1]:7000'], [7000]],
  [['--listen-address', 'http://localhost:3000'], [3000]],
  [['--bind', 'loopback'], []],
  [['--bind', '10.0.0.17'], []],
  [['--port', '99999'], []],
] as const)('the ports that %j names', (args, ports) => {
  expect(portsIn(...args)).toEqual(ports);
});
