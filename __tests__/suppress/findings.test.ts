import { describe, expect, test } from '@jest/globals';
import type { FilePlan } from '../../src/core/plan.js';
import type { Format, SourceDocument } from '../../src/core/types.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import type { ComposeDocument } from '../../src/formats/compose/document.js';
import type { BlueprintDocument } from '../../src/formats/render-yaml/document.js';
import type { UnitDocument } from '../../src/formats/systemd/document.js';
import type { FlyDocument } from '../../src/formats/toml/document.js';
import { createRun } from '../../src/harden.js';
import { isSuppressed } from '../../src/suppress/match.js';
import { suppressionsOf } from '../../src/suppress/suppressions.js';
import { PATHS, planCase, readCases } from '../support/cases.js';
import { memoryWorkspace } from '../support/memory.js';
import { ids, parse } from './read.js';

function planOf(format: Format, text: string): FilePlan {
  const path = PATHS[format];
  const outcome = createRun(memoryWorkspace({ [path]: text }), { phase: 3 }).plan({ path, format });
  if (outcome.kind !== 'planned') throw new Error(outcome.reason);
  return outcome.plan;
}

/** The findings of a file that its comments suppress, each as `<id> <subject>`, and how many others these ids have. */
function suppressed(
  format: Format,
  text: string,
): { readonly gone: readonly string[]; readonly left: number } {
  const { original, entries } = planOf(format, text);
  const { found, problems } = suppressionsOf(original, ids);
  expect(problems).toEqual([]);
  const isGone = ({ meta, finding }: FilePlan['entries'][number]): boolean =>
    found.some((one) => isSuppressed(original, one, meta.id, finding));
  const gone = entries.filter(isGone);
  const named = new Set(gone.map(({ meta }) => meta.id));
  return {
    gone: gone.map(({ meta, finding }) => `${meta.id} ${finding.subject.join('.')}`),
    left: entries.filter((entry) => named.has(entry.meta.id) && !isGone(entry)).length,
  };
}

interface Case {
  readonly name: string;
  readonly format: Format;
  readonly text: string;
  readonly gone: readonly string[];
  /** Findings of the same transforms that are still reported. */
  readonly left: number;
}

const CASES: readonly Case[] = [
  {
    name: 'what a service lacks, by a comment above it',
    format: 'compose',
    text: `services:
  # harden-ignore: drop-capabilities, limit-pids -- forks
  web:
    image: nginx:1.27
  db:
    image: postgres:17
`,
    gone: ['compose/drop-capabilities services.web', 'compose/limit-pids services.web'],
    left: 2,
  },
  {
    name: 'what a line of a service is, by a comment behind it',
    format: 'compose',
    text: `services:
  cache:
    image: redis:8
    privileged: true # harden-ignore: compose/remove-privileged -- until the new kernel
  other:
    image: redis:8
    privileged: true
`,
    gone: ['compose/remove-privileged services.cache'],
    left: 1,
  },
  {
    name: 'one mount of several',
    format: 'compose',
    text: `services:
  backup:
    image: example/backup:1
    volumes:
      - /etc:/host/etc:ro # harden-ignore: report-sensitive-mounts -- it is what is saved
      - /root:/host/root
`,
    gone: ['compose/report-sensitive-mounts services.backup'],
    left: 1,
  },
  {
    name: 'an image without a tag, by a comment of dclint behind it',
    format: 'compose',
    text: `services:
  web:
    image: nginx # dclint disable-line service-image-require-explicit-tag
  other:
    image: nginx
`,
    gone: ['compose/pin-image services.web'],
    left: 1,
  },
  {
    name: 'not a line of a service, by a comment on another line of it',
    format: 'compose',
    text: `services:
  web:
    image: nginx
    restart: always # harden-ignore: compose/pin-image -- on the wrong line
`,
    gone: [],
    left: 0,
  },
  {
    name: 'a service in a shared mapping',
    format: 'compose',
    text: `x-common: &common
  image: nginx # harden-ignore: pin-image -- from the mirror
services:
  web:
    <<: *common
  other:
    image: nginx
`,
    gone: ['compose/pin-image services.web'],
    left: 1,
  },
  {
    name: 'the user of a stage, by a comment above its FROM',
    format: 'dockerfile',
    text: `# harden-ignore: run-as-non-root -- a builder
FROM node:22
WORKDIR /app
COPY . .
USER root
CMD ["node", "server.js"]
`,
    gone: ['dockerfile/run-as-non-root stages.0'],
    left: 0,
  },
  {
    name: 'a last USER that is root, by a comment of hadolint above it',
    format: 'dockerfile',
    text: `FROM node:22
# hadolint ignore=DL3002
USER root
CMD ["node", "server.js"]
`,
    gone: ['dockerfile/run-as-non-root stages.0'],
    left: 0,
  },
  {
    name: 'one RUN of several',
    format: 'dockerfile',
    text: `FROM debian:13
# hadolint ignore=DL3015
RUN apt-get update && apt-get install -y curl
RUN apt-get update && apt-get install -y jq
`,
    gone: ['dockerfile/no-install-recommends stages.0'],
    left: 1,
  },
  {
    name: 'what a section lacks, by a comment above it',
    format: 'systemd',
    text: `[Unit]
Description=x

# harden-ignore: systemd/protect-home -- serves homes
[Service]
ExecStart=/usr/bin/tallyd
`,
    gone: ['systemd/protect-home Service'],
    left: 0,
  },
  {
    name: 'what an assignment says',
    format: 'systemd',
    text: `[Service]
ExecStart=/usr/bin/tallyd
# harden-ignore: systemd/private-tmp -- shares sockets there
PrivateTmp=no
`,
    gone: ['systemd/private-tmp Service'],
    left: 0,
  },
  {
    name: 'what a line of a container is',
    format: 'quadlet',
    text: `[Container]
Image=docker.io/library/redis:8
# harden-ignore: quadlet/report-privileged -- until the new kernel
PodmanArgs=--privileged
`,
    gone: ['quadlet/report-privileged Container'],
    left: 0,
  },
  {
    name: 'what a table lacks',
    format: 'fly',
    text: `app = "shop"
# harden-ignore: fly/force-https -- behind a proxy of ours
[http_service]
  internal_port = 8080
`,
    gone: ['fly/force-https http_service'],
    left: 0,
  },
  {
    name: 'what a service of a Blueprint lacks',
    format: 'render',
    text: `services:
  # harden-ignore: render/pin-image -- built by us
  - type: web
    runtime: image
    name: api
    image:
      url: docker.io/example/api
  - type: web
    runtime: image
    name: shop
    image:
      url: docker.io/example/shop # harden-ignore: render/pin-image -- built by us too
  - type: web
    runtime: image
    name: other
    image:
      url: docker.io/example/other
`,
    gone: ['render/pin-image services.api', 'render/pin-image services.shop'],
    left: 1,
  },
];

describe('a comment suppresses', () => {
  test.each(CASES)('$format: $name', ({ format, text, gone, left }) => {
    expect(suppressed(format, text)).toEqual({ gone, left });
  });
});

/** Where the instruction begins in whose heredoc an offset is: there are no comments in one. */
function heredocOf(document: SourceDocument, offset: number): number | undefined {
  if (document.format !== 'dockerfile') return undefined;
  const { instructions } = document as DockerfileDocument;
  return instructions.find(({ line, end }) => line.end < offset && offset < end)?.start;
}

/** Where the stage, service, section, table or resource begins that an offset is in; undefined outside of them. */
function headOf(document: SourceDocument, offset: number): number | undefined {
  const starts = ((): readonly number[] => {
    switch (document.format) {
      case 'dockerfile':
        return (document as DockerfileDocument).stages.map(({ from }) => from.start);
      case 'compose':
        return (document as ComposeDocument).services.map(({ keyRange }) => keyRange.start);
      case 'fly':
        return (document as FlyDocument).headers.map(({ range }) => range.start);
      case 'render': {
        const { resources, environments } = document as BlueprintDocument;
        const all = [...resources, ...environments].map(({ map }) => map.range![0]);
        return all.sort((a, b) => a - b);
      }
      default:
        return (document as UnitDocument).sections.map(({ headerRange }) => headerRange.start);
    }
  })();
  return starts.findLast((start) => start <= offset);
}

/** True when a comment above the line of an offset suppresses a finding; undefined where none can stand there. */
function isSuppressedBy(
  { lines, text, format, path }: SourceDocument,
  { meta, finding }: FilePlan['entries'][number],
  offset: number,
): boolean | undefined {
  const at = lines.startOfLine(offset);
  const start = Math.max(at, text.startsWith('\uFEFF') ? 1 : 0);
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  const comment = `${indent}# harden-ignore: ${meta.id} -- why\n`;
  const parsed = parse(format, text.slice(0, start) + comment + text.slice(start), path);
  if (!parsed.ok) return undefined;
  const moved = (place: number): number => (place < start ? place : place + comment.length);
  const range = { start: moved(finding.range.start), end: moved(finding.range.end) };
  const { found } = suppressionsOf(parsed.document, ids);
  return found.some((one) => isSuppressed(parsed.document, one, meta.id, { ...finding, range }));
}

describe('every fixture', () => {
  const cases = readCases();

  test('without such comments has none', () => {
    const mentions = cases.filter(({ text }) => /harden-ignore|hadolint|dclint|compose-?lint/.test(text));
    expect(mentions.map(({ name }) => name)).toEqual([]);
    for (const { id, path, text } of cases) {
      const parsed = parse(id.split('/')[0] as Format, text, path);
      if (parsed.ok) expect(suppressionsOf(parsed.document, ids)).toEqual({ found: [], problems: [] });
    }
  });

  test('has each finding suppressed by a comment above its line, and above what it is in', () => {
    const missed: string[] = [];
    for (const fixture of cases) {
      const { original, entries } = planCase(fixture, fixture.text);
      for (const entry of entries) {
        const { start } = entry.finding.range;
        const places = [heredocOf(original, start) ?? start, headOf(original, start)];
        for (const place of places) {
          if (place === undefined || isSuppressedBy(original, entry, place) !== false) continue;
          missed.push(`${fixture.name}: ${entry.meta.id}, above ${original.lines.lineText(place)}`);
        }
      }
    }
    expect(missed).toEqual([]);
  });
});
