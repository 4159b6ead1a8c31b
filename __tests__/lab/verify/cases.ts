import type { WrongCase } from './case.js';

const COMPOSE = 'docker-compose.yml';

/** What most images of servers need to change to their own user. */
const DROP_ALL = '    cap_drop:\n      - ALL\n';

/** One deliberate mistake for each control that a service gets. */
const COMPOSE_CASES: readonly WrongCase[] = [
  {
    name: 'setuid-for-gosu',
    project: 'workloads/redis',
    wrong: {
      [COMPOSE]: [
        [
          '    image: redis:7\n',
          `    image: redis:7\n${DROP_ALL}    cap_add:\n      # For its folder.\n      - CHOWN\n`,
        ],
      ],
    },
    cause: /redis: cap_drop: \[ALL\], cap_add: \[CHOWN\]/,
    mended: { [COMPOSE]: /# For its folder\.\n {6}- CHOWN\n(?: {6}- SET[GU]ID\n){2}/ },
    override: /service: redis\n\s+capabilities: \[SET[GU]ID, SET[GU]ID\]/,
  },
  {
    name: 'chown-for-data',
    project: 'workloads/mariadb',
    // A folder of the machine is root's.
    original: { [COMPOSE]: [['- mariadb:/var/lib/mysql', '- ./data:/var/lib/mysql']] },
    wrong: {
      [COMPOSE]: [
        [
          '    restart: always\n',
          `    restart: always\n${DROP_ALL}    cap_add: [SETUID, SETGID, DAC_OVERRIDE]\n`,
        ],
      ],
    },
    cause: /cap_drop/,
    mended: { [COMPOSE]: /cap_add: \[SETUID, SETGID, DAC_OVERRIDE, CHOWN\]/ },
    override: /capabilities: \[CHOWN\]/,
  },
  {
    name: 'file-capability',
    project: 'workloads/caddy-https',
    wrong: { [COMPOSE]: [['    image: caddy:2\n', `    image: caddy:2\n${DROP_ALL}`]] },
    cause: /caddy: cap_drop: \[ALL\]/,
    mended: { [COMPOSE]: /cap_add:\n\s+- NET_BIND_SERVICE\n/ },
    override: /service: caddy\n\s+capabilities: \[NET_BIND_SERVICE\]/,
  },
  {
    name: 'tmpfs-for-nginx',
    project: 'workloads/nginx-templates',
    wrong: { [COMPOSE]: [['    image: nginx:1.28\n', '    image: nginx:1.28\n    read_only: true\n']] },
    cause: /web: read_only: true/,
    mended: { [COMPOSE]: /tmpfs:\n(?: {6}- \S+\n)* {6}- \/var\/cache\/nginx/ },
    override: /writable: \[.*\/var\/cache\/nginx/,
  },
  {
    name: 'noexec-for-the-jvm',
    project: 'workloads/jvm-native',
    wrong: {
      [COMPOSE]: [
        [
          '    build: .\n',
          '    build: .\n    read_only: true\n    tmpfs:\n      - /tmp:noexec,nosuid,size=64m # Natives.\n',
        ],
      ],
    },
    cause: /checksum: read_only: true, tmpfs: \[\/tmp:noexec/,
    mended: { [COMPOSE]: /- "?\/tmp:exec,nosuid,size=64m"? # Natives\./ },
    override: /executable: \[\/tmp\]/,
  },
  {
    name: 'user-of-the-folder',
    project: 'verify/projects/greeter',
    wrong: { [COMPOSE]: [['    build: .\n', '    build: .\n    user: "1001:1001"\n']] },
    cause: /greeter: user: 1001:1001/,
    mended: { [COMPOSE]: /build: \.\n {4}environment:/ },
  },
  {
    name: 'what-only-a-smoke-test-shows',
    project: 'verify/projects/listing',
    wrong: { [COMPOSE]: [['working_dir: /usr/share/doc', 'working_dir: /usr/share']] },
    smoke:
      'test "$(curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:$HARDEN_PORT_LISTING_8000/doc/)" = 404',
    cause: /listing: working_dir: \/usr\/share/,
    mended: { [COMPOSE]: /working_dir: \/usr\/share\/doc/ },
  },
  {
    name: 'setuid-helper',
    project: 'verify/projects/keyring',
    wrong: {
      [COMPOSE]: [['    build: .\n', '    build: .\n    security_opt:\n      - no-new-privileges:true\n']],
    },
    cause: /keyring: security_opt: \[no-new-privileges:true\]/,
    mended: { [COMPOSE]: /build: \.\n {4}ports:/ },
  },
  {
    name: 'loopback-by-environment',
    project: 'verify/projects/greeter',
    wrong: { [COMPOSE]: [['HOST: 0.0.0.0', 'HOST: 127.0.0.1']] },
    cause: /greeter: environment: HOST=127\.0\.0\.1/,
    symptom: /it listens on 127\.0\.0\.1:8080, which is loopback inside the container/,
    mended: { [COMPOSE]: /HOST: 0\.0\.0\.0/ },
  },
  {
    name: 'loopback-by-command',
    project: 'verify/projects/listing',
    wrong: { [COMPOSE]: [['--bind 0.0.0.0', '--bind 127.0.0.1']] },
    cause: /listing: command: \[python3, -m, http\.server, 8000, --bind, 127\.0\.0\.1\]/,
    symptom: /it listens on 127\.0\.0\.1:8000, which is loopback inside the container/,
    mended: { [COMPOSE]: /--bind 0\.0\.0\.0/ },
  },
  {
    name: 'too-few-processes',
    project: 'verify/projects/greeter',
    wrong: { [COMPOSE]: [['    build: .\n', '    build: .\n    pids_limit: 5\n']] },
    cause: /greeter: pids_limit: 5/,
    mended: { [COMPOSE]: /build: \.\n {4}environment:/ },
  },
  {
    name: 'too-little-memory',
    project: 'verify/projects/greeter',
    wrong: { [COMPOSE]: [['    build: .\n', '    build: .\n    mem_limit: 24m\n']] },
    cause: /greeter: mem_limit: "?25165824/,
    symptom: /exit code 137, killed for want of memory/,
    mended: { [COMPOSE]: /build: \.\n {4}environment:/ },
  },
  {
    name: 'networks-apart',
    project: 'verify/projects/pair',
    wrong: {
      [COMPOSE]: [
        ['    image: redis:7\n', '    image: redis:7\n    networks: [back]\n'],
        ['  app:\n', '  app:\n    networks: [front]\n'],
        ['services:\n', 'networks:\n  front: {}\n  back:\n    internal: true\n\nservices:\n'],
      ],
    },
    cause: /(?:app|db): networks: /,
    mended: { [COMPOSE]: /image: redis:7\n/ },
  },
  {
    name: 'check-without-its-program',
    project: 'verify/projects/greeter',
    wrong: {
      [COMPOSE]: [
        [
          '    build: .\n',
          '    build: .\n    healthcheck:\n      test: [CMD, wget, -q, "http://127.0.0.1:8080"]\n',
        ],
      ],
    },
    cause: /greeter: healthcheck: /,
    symptom: /wget/,
    mended: { [COMPOSE]: /build: \.\n {4}environment:/ },
  },
  {
    name: 'ports-dropped',
    project: 'verify/projects/listing',
    wrong: { [COMPOSE]: [['    ports:\n      - "21092:8000"\n', '']] },
    cause: /listing: no ports/,
    symptom: /port 8000 is no longer published/,
    mended: { [COMPOSE]: /ports:\n/ },
  },
  {
    name: 'read-only-mount',
    project: 'verify/projects/greeter',
    wrong: { [COMPOSE]: [['- ./state:/state', '- ./state:/state:ro']] },
    cause: /greeter: volumes: /,
    mended: { [COMPOSE]: /- \.\/state:\/state\n/ },
  },
  {
    name: 'seccomp-profile',
    project: 'verify/projects/listing',
    files: {
      'no-listening.json': JSON.stringify({
        defaultAction: 'SCMP_ACT_ALLOW',
        syscalls: [{ names: ['listen'], action: 'SCMP_ACT_ERRNO' }],
      }),
    },
    wrong: {
      [COMPOSE]: [
        ['    init: true\n', '    init: true\n    security_opt:\n      - seccomp=no-listening.json\n'],
      ],
    },
    cause: /listing: security_opt: \[seccomp[=:]/,
    mended: { [COMPOSE]: /init: true\n {4}ports:/ },
  },
  {
    name: 'image-of-another-version',
    project: 'verify/projects/listing',
    wrong: { [COMPOSE]: [['image: python:3.11-slim', 'image: debian:bookworm-slim']] },
    cause: /listing: image: debian:bookworm-slim/,
    mended: { [COMPOSE]: /image: python:3\.11-slim/ },
  },
];

/** A project that builds from the Dockerfile that is wrong. */
const BUILDS = [
  '    build: .\n',
  '    build:\n      context: .\n      dockerfile: Dockerfile.hardened\n',
] as const;
const DOCKERFILE = 'Dockerfile';

const DOCKERFILE_CASES: readonly WrongCase[] = [
  {
    name: 'user-that-may-not-write',
    project: 'verify/projects/scribbler',
    wrong: {
      [COMPOSE]: [BUILDS],
      [DOCKERFILE]: [['EXPOSE 8000\n', 'EXPOSE 8000\n# Not root.\nUSER nobody\n']],
    },
    cause: /Dockerfile: .*\+USER nobody/s,
    mended: { [DOCKERFILE]: /EXPOSE 8000\nCMD/ },
  },
  {
    name: 'file-left-behind',
    project: 'verify/projects/greeter',
    wrong: {
      [COMPOSE]: [BUILDS],
      [DOCKERFILE]: [['COPY greeter.py words.txt ./', 'COPY greeter.py ./']],
    },
    cause: /Dockerfile: .*\+COPY greeter\.py \.\//s,
    mended: { [DOCKERFILE]: /COPY greeter\.py words\.txt/ },
  },
  {
    name: 'check-of-another-port',
    project: 'verify/projects/greeter',
    wrong: {
      [COMPOSE]: [BUILDS],
      [DOCKERFILE]: [
        [
          'CMD',
          'HEALTHCHECK --interval=1m --retries=3 CMD ["python3", "-c", "import socket; socket.create_connection((\'127.0.0.1\', 8081))"]\nCMD',
        ],
      ],
    },
    cause: /Dockerfile: .*\+HEALTHCHECK/s,
    symptom: /Connection refused/,
    mended: { [DOCKERFILE]: /EXPOSE 8080\nCMD/ },
  },
];

/** What no file shows, so that harden's own plan is wrong. */
const PLAN_CASES: readonly WrongCase[] = [
  {
    name: 'plan-folder-that-nothing-names',
    project: 'verify/projects/diary',
    wrong: {},
    cause: /diary: read_only: true/,
    override: /service: diary\n\s+writable: \[\/var\/lib\/diary\]/,
    planned: /\+ +- \/var\/lib\/diary:/,
  },
  {
    name: 'plan-program-unpacked',
    project: 'verify/projects/unpacker',
    wrong: {},
    cause: /unpacker: read_only: true, tmpfs: \[\/tmp:noexec/,
    override: /service: unpacker\n\s+executable: \[\/tmp\]/,
    planned: /\+ +- \/tmp:(?!noexec)/,
  },
  {
    name: 'plan-helper-that-overrides',
    project: 'verify/projects/keyring',
    wrong: {},
    cause: /keyring: cap_drop: \[ALL\]/,
    override: /service: keyring\n\s+capabilities: \[DAC_OVERRIDE\]/,
    planned: /\+ +- DAC_OVERRIDE/,
  },
  {
    name: 'plan-user-of-the-image',
    project: 'verify/projects/scribbler',
    wrong: {},
    cause: /Dockerfile: .*dockerfile\//s,
    override: /file: Dockerfile\n\s+skip: \[/,
    planned: /\+HEALTHCHECK/,
  },
];

export const WRONG_CASES: readonly WrongCase[] = [...PLAN_CASES, ...DOCKERFILE_CASES, ...COMPOSE_CASES];
