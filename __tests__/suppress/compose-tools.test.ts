import { describe, expect, test } from '@jest/globals';
import { isNamed } from '../../src/core/select.js';
import { COMPOSE_LINT_RULES } from '../../src/suppress/rules/compose-lint.js';
import { COMPOSELINT_RULES } from '../../src/suppress/rules/composelint.js';
import { DCLINT_RULES } from '../../src/suppress/rules/dclint.js';
import { ids, read } from './read.js';

const LINES = [
  /*  1 */ '# first',
  /*  2 */ 'services:',
  /*  3 */ '  # second',
  /*  4 */ '  web:',
  /*  5 */ '    image: nginx',
  /*  6 */ '    # third',
  /*  7 */ '    ports:',
  /*  8 */ '      - "80:80"',
  /*  9 */ '      - "443:443"',
  /* 10 */ '    network_mode: host',
  /* 11 */ '    pid: host',
  /* 12 */ '    volumes:',
  /* 13 */ '      - /var/run/docker.sock:/var/run/docker.sock',
  /* 14 */ '  db:',
  /* 15 */ '    image: postgres',
];

/** The file with comments: in the place of one, or behind what stands on a line. */
function composeFile(...comments: readonly (readonly [number, string])[]): string {
  const lines = [...LINES];
  for (const [line, comment] of comments) {
    const row = lines[line - 1]!;
    lines[line - 1] = row.includes('#') ? row.replace(/#.*/, comment) : `${row} ${comment}`;
  }
  return `${lines.join('\n')}\n`;
}

const PORTS = 'compose/bind-ports-to-loopback';
const PIN = 'compose/pin-image';
const HOST = 'compose/report-host-namespaces';
const ALL = '2,4,5,7,8,9,10,11,12,13,14,15';
const WEB = '4,5,7,8,9,10,11,12,13';

type Row = readonly [number, string, readonly string[]];

const DCLINT: readonly Row[] = [
  [1, '# dclint disable-file', [`${PORTS} ${ALL}`, `${PIN} ${ALL}`]],
  [1, '# dclint disable', [`${PORTS} ${ALL}`, `${PIN} ${ALL}`]],
  [1, '# dclint disable no-version-field no-unbound-port-interfaces', [`${PORTS} ${ALL}`]],
  [1, '#  dclint  disable service-image-require-explicit-tag', [`${PIN} ${ALL}`]],
  [5, '# dclint disable-line', [`${PIN} 5`]],
  [5, '# dclint disable-line service-image-require-explicit-tag no-version-field', [`${PIN} 5`]],
  [5, '# dclint disable-line no-unbound-port-interfaces', []],
  [6, '# dclint disable-line', [`${PORTS} 7,8,9`]],
  [7, '# dclint disable-line no-unbound-port-interfaces', [`${PORTS} 7,8,9`]],
  [8, '# dclint disable-line no-unbound-port-interfaces', [`${PORTS} 8`]],
  // The line of a service has neither ports nor an image.
  [4, '# dclint disable-line', []],
  // Only the first line speaks for the file.
  [3, '# dclint disable-file', []],
  [3, '# dclint disable', []],
  // What dclint doesn't read, and rules without an equivalent.
  [1, '#dclint disable-file', []],
  [7, '# dclint disable-next-line', []],
  [7, '# dclint disable-line require-quotes-in-ports', []],
];

describe('a comment of dclint', () => {
  test.each(DCLINT)('on line %d: %s', (line, comment, found) => {
    const result = read('compose', composeFile([line, comment]));
    expect(result.found).toEqual(found.map((row) => `dclint ${row}`));
    expect(result.problems).toEqual([]);
  });

  test('may follow the mark of a document, and is about the very next line', () => {
    const services = 'services:\n  web:\n    image: x\n';
    expect(read('compose', `\n---\n\n# dclint disable\n${services}`).all).toHaveLength(2);
    expect(read('compose', `x-a: 1\n# dclint disable\n${services}`).all).toEqual([]);
    const blank = 'services:\n  web:\n    # dclint disable-line\n\n    image: x\n';
    expect(read('compose', blank).all).toEqual([]);
  });

  test('is about a service on one line', () => {
    const text = 'services:\n  web: { image: nginx } # dclint disable-line\n';
    expect(read('compose', text).all).toMatchObject([
      { names: [PIN], range: { start: text.indexOf('image') }, heads: [{ start: text.indexOf('web') }] },
    ]);
  });

  test('says which rule it ignores', () => {
    const [one] = read('compose', composeFile([5, '# dclint disable-line'])).all;
    expect(one).toMatchObject({
      line: 5,
      text: '# dclint disable-line',
      reason: 'dclint ignores service-image-require-explicit-tag here',
    });
  });
});

const COMPOSELINT: readonly Row[] = [
  [3, '# composelint-disable-file no-unbound-ports', [`${PORTS} ${ALL}`]],
  [3, '# composelint-disable-file no-host-network', [`${HOST} 10`]],
  [3, '# composelint-disable-next-line image-require-tag -- vendor', [`${PIN} ${WEB}`]],
  [6, '# composelint disable-line rule:no-unbound-ports', [`${PORTS} 7,8,9`]],
  [7, '# composelint-disable-line no-unbound-ports', [`${PORTS} 7,8,9`]],
  [8, '# composelint-disable-line no-unbound-ports', [`${PORTS} 8`]],
  [
    6,
    '# composelint-disable-next-line no-unbound-ports, no-privileged -- edge',
    ['compose/remove-privileged 7,8,9', `${PORTS} 7,8,9`],
  ],
  [8, '# composelint-disable-next-line no-unbound-ports', [`${PORTS} 9`]],
  [10, '# composelint-disable-line no-host-network', [`${HOST} 10`]],
  [4, '# composelint-disable-line no-host-network', [`${HOST} 10`]],
  [11, '# composelint-disable-line no-host-network', []],
  [6, '# composelint-disable image-require-tag', [`${PIN} 7,8,9,10,11,12,13,14,15`]],
  [4, '# composelint-disable image-require-tag', [`${PIN} ${WEB},14,15`]],
  [6, '# composelint-enable image-require-tag', []],
  [6, '# composelint-disable-line service-key-order', []],
  [6, '# compose-lint-disable-line no-unbound-ports', []],
  [6, '# composelint-disabled no-unbound-ports', []],
];

describe('a comment of composelint', () => {
  test.each(COMPOSELINT)('on line %d: %s', (line, comment, found) => {
    const result = read('compose', composeFile([line, comment]));
    expect(result.found).toEqual(found.map((row) => `composelint ${row}`));
  });

  test('without a rule is about all of them', () => {
    const { found } = read('compose', composeFile([5, '# composelint-disable-line']));
    expect(found).toEqual([
      `composelint ${PIN} 5`,
      'composelint compose/remove-privileged 5',
      `composelint ${PORTS} 5`,
      'composelint compose/add-healthcheck 5',
    ]);
  });

  test('holds to the enable of its rule', () => {
    const text = (closing: string): string =>
      composeFile([3, '# composelint-disable image-require-tag no-unbound-ports'], [6, closing]);
    expect(read('compose', text('# composelint-enable no-unbound-ports')).found).toEqual([
      `composelint ${PIN} ${WEB},14,15`,
      `composelint ${PORTS} 4,5`,
    ]);
    expect(read('compose', text('# composelint-enable')).found).toEqual([
      `composelint ${PIN} 4,5`,
      `composelint ${PORTS} 4,5`,
    ]);
  });
});

const COMPOSE_LINT: readonly Row[] = [
  [3, '# compose-lint: ignore CL-0003', [`compose/no-new-privileges ${WEB}`]],
  [
    3,
    '# compose-lint: disable=CL-0004,CL-0007 approved',
    [`${PIN} ${WEB}`, `compose/read-only-rootfs ${WEB}`],
  ],
  [8, '# compose-lint ignore CL-0005', [`${PORTS} 8`]],
  [3, '# compose-lint: ignore CL-0008', [`${HOST} 10`]],
  [3, '# compose-lint: ignore CL-0010', [`${HOST} 11`]],
  [13, '# compose-lint: ignore CL-0001', ['compose/proxy-docker-socket,compose/report-sensitive-mounts 13']],
  [3, '# compose-lint: ignore CL-0016', []],
  [3, '# compose-lint: ignore', []],
  [3, '# compose-lint CL-0003 is about this', []],
];

describe('a comment for compose-lint', () => {
  test.each(COMPOSE_LINT)('on line %d: %s', (line, comment, found) => {
    const result = read('compose', composeFile([line, comment]));
    expect(result.found).toEqual(found.map((row) => `compose-lint ${row}`));
  });
});

test('each rule stands for transforms of Compose files', () => {
  for (const rules of [DCLINT_RULES, COMPOSELINT_RULES, COMPOSE_LINT_RULES]) {
    for (const name of Object.values(rules).flatMap(({ names }) => names)) {
      expect(ids.filter((id) => isNamed(id, name))).toEqual([name]);
      expect(name).toMatch(/^compose\//);
    }
  }
});
