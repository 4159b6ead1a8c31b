import { describe, expect, test } from '@jest/globals';
import type { Format } from '../../src/core/types.js';
import { read } from './read.js';

interface Case {
  readonly name: string;
  readonly format: Format;
  readonly text: string;
  /** Names and lines of each suppression. */
  readonly found: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'above a service: the service and no other',
    format: 'compose',
    text: `services:
  # harden-ignore: compose/limit-pids -- forks by design
  web:
    image: nginx
    ports:
      - "80:80"
  db:
    image: postgres
`,
    found: ['compose/limit-pids 3,4,5,6'],
  },
  {
    name: 'behind the key of a service: the service',
    format: 'compose',
    text: `services:
  web: # harden-ignore: limit-pids -- forks by design
    image: nginx
  db:
    image: postgres
`,
    found: ['limit-pids 2,3'],
  },
  {
    name: 'behind a key with a value: that line',
    format: 'compose',
    text: `services:
  web:
    image: nginx # harden-ignore: compose/pin-image, compose/add-init -- built here
    privileged: true
`,
    found: ['compose/pin-image,compose/add-init 3'],
  },
  {
    name: 'above a key: the key with its value, whatever stands between',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    # harden-ignore: compose/bind-ports-to-loopback -- the edge

    # Open to all.
    ports:
      - "80:80"
      - target: 443
        published: 443
    expose: ["81"]
`,
    found: ['compose/bind-ports-to-loopback 7,8,9,10'],
  },
  {
    name: 'at an item of a list: the item',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    ports:
      # harden-ignore: compose/bind-ports-to-loopback -- the edge
      - target: 443
        published: 443
      - "80:80" # harden-ignore: bind-ports-to-loopback -- redirects
      - "81:81"
`,
    found: ['compose/bind-ports-to-loopback 6,7', 'bind-ports-to-loopback 8'],
  },
  {
    name: 'above the sign of an item that begins on the next line',
    format: 'compose',
    text: `services:
  web:
    ports:
      # harden-ignore: compose/bind-ports-to-loopback -- the edge
      -
        target: 443
        published: 443
      - "81:81"
`,
    found: ['compose/bind-ports-to-loopback 6,7'],
  },
  {
    name: 'at the end of a service: what begins on the next line',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    # harden-ignore: compose -- of another team
  db:
    image: postgres
`,
    found: ['compose 5,6'],
  },
  {
    name: 'above a document or its mark: the first key',
    format: 'compose',
    text: `# harden-ignore: compose/limit-cpus -- a laptop
---
services:
  web:
    image: nginx
volumes: {}
`,
    found: ['compose/limit-cpus 3,4,5'],
  },
  {
    name: 'behind the rest of a value: the value',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    ports: [
      "80:80"
    ] # harden-ignore: compose/bind-ports-to-loopback -- the edge
    init: true
`,
    found: ['compose/bind-ports-to-loopback 4,5,6'],
  },
  {
    name: 'in a block scalar or a text it is none',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    command: |
      # harden-ignore: compose/add-init -- no comment
      run
    labels:
      a: "x # harden-ignore: compose/add-init -- no comment"
      b: x#harden-ignore:compose/add-init -- no comment
`,
    found: [],
  },
  {
    name: 'above an anchored mapping: the mapping',
    format: 'compose',
    text: `# harden-ignore: compose/limit-memory -- measured
x-common: &common
  image: app
services:
  web:
    <<: *common
`,
    found: ['compose/limit-memory 2,3'],
  },
  {
    name: 'with CR LF and a byte order mark',
    format: 'compose',
    text: `\uFEFFservices:\r
  # harden-ignore: compose/limit-pids -- forks by design\r
  web:\r
    image: nginx\r
  db:\r
    image: postgres\r
`,
    found: ['compose/limit-pids 3,4'],
  },
  {
    name: 'above FROM: the stage',
    format: 'dockerfile',
    text: `# harden-ignore: dockerfile/pin-image -- built here
FROM node:22 AS build
RUN npm ci
# harden-ignore: dockerfile/run-as-non-root -- needs port 22

FROM node:22-slim
COPY --from=build /app /app
CMD ["node"]
`,
    found: ['dockerfile/pin-image 2,3', 'dockerfile/run-as-non-root 6,7,8'],
  },
  {
    name: 'above an instruction: it with its lines and heredocs',
    format: 'dockerfile',
    text: `FROM debian
# harden-ignore: dockerfile/use-pipefail -- checked below
RUN curl x | \\
    sh
# harden-ignore: dockerfile/no-install-recommends -- wanted
RUN <<EOF
apt-get install -y x
EOF
RUN true
`,
    found: ['dockerfile/use-pipefail 3,4', 'dockerfile/no-install-recommends 6,7,8'],
  },
  {
    name: 'between the lines of an instruction: the instruction',
    format: 'dockerfile',
    text: `FROM debian
RUN apt-get update && \\
    # harden-ignore: dockerfile/clean-package-caches -- used later
    apt-get install -y x
RUN true
`,
    found: ['dockerfile/clean-package-caches 2,4'],
  },
  {
    name: 'in a heredoc it is none',
    format: 'dockerfile',
    text: `FROM debian
COPY <<EOF /x
# harden-ignore: dockerfile/pin-image -- no comment
EOF
`,
    found: [],
  },
  {
    name: 'above ARG before FROM',
    format: 'dockerfile',
    text: `# harden-ignore: dockerfile/pin-image -- chosen by the build
ARG BASE=debian
FROM \${BASE}
`,
    found: ['dockerfile/pin-image 2'],
  },
  {
    name: 'above a section: the section',
    format: 'systemd',
    text: `[Unit]
Description=x
# harden-ignore: systemd/protect-home -- serves homes
[Service]
ExecStart=/bin/x
User=x

[Install]
WantedBy=multi-user.target
`,
    found: ['systemd/protect-home 4,5,6'],
  },
  {
    name: 'above an assignment, or between its lines',
    format: 'systemd',
    text: `[Service]
; harden-ignore: systemd/deny-write-execute -- has a JIT
ExecStart=/bin/x \\
  --more
NoNewPrivileges=no
ExecStop=/bin/y \\
# harden-ignore: systemd/set-umask -- shares files
  --more
`,
    found: ['systemd/deny-write-execute 3,4', 'systemd/set-umask 6,8'],
  },
  {
    name: 'in a Quadlet unit',
    format: 'quadlet',
    text: `# harden-ignore: quadlet/read-only-rootfs -- writes everywhere
[Container]
Image=x
# harden-ignore: quadlet/bind-ports-to-loopback -- the edge
PublishPort=80:80
PublishPort=81:81
[Install]
WantedBy=default.target
`,
    found: ['quadlet/read-only-rootfs 2,3,5,6', 'quadlet/bind-ports-to-loopback 5'],
  },
  {
    name: 'above a table: it with the tables below it',
    format: 'fly',
    text: `app = "x"
# harden-ignore: fly/report-raw-services -- encrypts itself
[[services]]
internal_port = 1
[[services.ports]]
port = 2
[[services]]
internal_port = 3
[env]
A = "b"
`,
    found: ['fly/report-raw-services 3,4,5,6'],
  },
  {
    name: 'at a key, an inline table, a value of several lines',
    format: 'fly',
    text: `app = "x" # harden-ignore: fly/report-public-services -- public
[[services]]
internal_port = 1
ports = [
  # harden-ignore: fly/force-https -- redirects itself
  { port = 80, handlers = [
    "http"] },
  { port = 443 },
] # harden-ignore: fly/report-raw-services -- encrypts itself
protocol = "tcp"
[env]
T = """
# harden-ignore: fly/report-secrets -- no comment
"""
`,
    found: ['fly/report-public-services 1', 'fly/force-https 6,7', 'fly/report-raw-services 4,6,7,8,9'],
  },
  {
    name: 'above an item of a Blueprint, and at one of its keys',
    format: 'render',
    text: `services:
  # harden-ignore: render/pin-image -- built by us
  - type: web
    name: api
    plan: free
  - type: web # harden-ignore: render/use-private-service -- public
    name: shop
  - type: web
    name: tools # harden-ignore: render/add-health-check-path -- none
    plan: free
`,
    found: ['render/pin-image 3,4,5', 'render/use-private-service 6,7', 'render/add-health-check-path 9'],
  },
];

describe('a comment of harden is about', () => {
  test.each(CASES)('$format: $name', ({ format, text, found }) => {
    const result = read(format, text);
    expect(result.found).toEqual(found.map((row) => `harden ${row}`));
    expect(result.problems).toEqual([]);
  });

  test('what it says is kept as it is', () => {
    const text =
      'services:\n  web:\n    image: x   # harden-ignore: pin-image  --  its -- own, token=abc # really \n';
    expect(read('compose', text).all).toMatchObject([
      {
        tool: 'harden',
        names: ['pin-image'],
        line: 3,
        text: '# harden-ignore: pin-image  --  its -- own, token=abc # really',
        reason: 'its -- own, token=abc # really',
      },
    ]);
  });
});

const SYNTAX = 'write harden-ignore: <id> -- <reason>';

/** A comment, the names that it still suppresses, and what is wrong with it. */
const PROBLEMS: readonly (readonly [string, string, string])[] = [
  ['harden-ignore', '', `names no transform: ${SYNTAX}`],
  ['harden-ignore:', '', `names no transform: ${SYNTAX}`],
  ['harden-ignore: -- why', '', `names no transform: ${SYNTAX}`],
  ['harden-ignore compose/pin-image -- why', '', `names no transform: ${SYNTAX}`],
  ['harden-ignore-file: pin-image -- why', '', `names no transform: ${SYNTAX}`],
  ['harden-ignore: compose/pin-image', '', `gives no reason: ${SYNTAX}`],
  ['harden-ignore: compose/pin-image --', '', `gives no reason: ${SYNTAX}`],
  ['harden-ignore: compose/pin-image --why', '', `gives no reason: ${SYNTAX}`],
  ['harden-ignore: compose/pin-image — why', '', `gives no reason: ${SYNTAX}`],
  [
    'harden-ignore: compose/pin-imgae -- why',
    '',
    'names compose/pin-imgae, which is no transform: did you mean compose/pin-image?',
  ],
  [
    'harden-ignore: nothing-like-it-at-all -- why',
    '',
    "names nothing-like-it-at-all, which is no transform: 'harden list' shows them all",
  ],
  [
    'harden-ignore: dockerfile/pin-image -- why',
    '',
    'names dockerfile/pin-image, which is not about this file',
  ],
  [
    'harden-ignore: compose/pin-imag, add-init -- why',
    'add-init',
    'names compose/pin-imag, which is no transform: did you mean compose/pin-image?',
  ],
];

describe('a comment without effect is a problem', () => {
  test.each(PROBLEMS)('%s', (comment, left, reason) => {
    const { all, problems } = read('compose', `services:\n  # ${comment}\n  web:\n    image: x\n`);
    expect(problems).toEqual([{ line: 2, reason }]);
    expect(all.map(({ names }) => names.join())).toEqual(left === '' ? [] : [left]);
  });

  test('one that stands before nothing', () => {
    const reason = 'is about nothing: it stands above what is meant, or behind it on the same line';
    const comment = '# harden-ignore: pin-image -- why\n';
    expect(read('compose', `services:\n  web:\n    image: x\n${comment}# end\n\n`).problems).toEqual([
      { line: 4, reason },
    ]);
    expect(read('dockerfile', `FROM x\n${comment.trimEnd()}`).problems).toEqual([{ line: 2, reason }]);
    expect(read('fly', `app = "x"\n[http_service]\n${comment}`).problems).toEqual([{ line: 3, reason }]);
    expect(read('quadlet', `[Container]\nImage=x\n${comment}`).problems).toEqual([{ line: 3, reason }]);
  });

  test('one behind an instruction or an assignment, where there are none', () => {
    const reason = 'is no comment behind something: put it on a line of its own, above';
    const text = 'FROM x\nRUN a && \\\n  b # harden-ignore: dockerfile/use-pipefail -- why\n';
    expect(read('dockerfile', text)).toMatchObject({ all: [], problems: [{ line: 3, reason }] });
    const unit = '[Service]\nExecStart=/x\nPrivateTmp=no ; harden-ignore: systemd/private-tmp -- why\n';
    expect(read('systemd', unit)).toMatchObject({ all: [], problems: [{ line: 3, reason }] });
  });

  test('a text that speaks of such comments is none', () => {
    const text = 'services:\n  # see harden-ignore: pin-image\n  # harden-ignored\n  web:\n    image: x\n';
    expect(read('compose', text)).toEqual({ found: [], all: [], problems: [] });
  });
});
