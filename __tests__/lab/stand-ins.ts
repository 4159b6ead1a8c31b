import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEBIAN, makeDebian } from './debian.js';
import type { Engine } from './engine.js';
import { debianMirror } from './machine.js';
import { fetchNode, npmRegistry } from './node-release.js';
import { filesBelow, isMissing, labelled, recipeOf } from './recipes.js';

const BASES = fileURLToPath(new URL('bases', import.meta.url));

/** The sources that say what is in the images, besides bases. */
const SOURCES = ['debian.ts', 'node-release.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/** The tags under which projects, and what harden writes, ask for each stage of bases/Dockerfile. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  'buildpack-deps': ['buildpack-deps:bookworm'],
  node: ['node:22-bookworm', 'node:22'],
  'node-slim': ['node:22-bookworm-slim', 'node:22-slim'],
  python: ['python:3.11-bookworm', 'python:3.11'],
  'python-slim': ['python:3.11-slim-bookworm', 'python:3.11-slim'],
  golang: ['golang:1.19-bookworm', 'golang:1.19'],
  rust: ['rust:1-bookworm', 'rust:1'],
  ruby: ['ruby:3.1-bookworm', 'ruby:3.1'],
  'ruby-slim': ['ruby:3.1-slim-bookworm', 'ruby:3.1-slim'],
  'temurin-jdk': ['eclipse-temurin:17-jdk', 'eclipse-temurin:17'],
  'temurin-jre': ['eclipse-temurin:17-jre'],
  maven: ['maven:3-eclipse-temurin-17'],
  nginx: ['nginx:1.27-bookworm', 'nginx:1.27'],
  'bare-static': ['gcr.io/distroless/static-debian13'],
  'bare-cc': ['gcr.io/distroless/base-debian12', 'gcr.io/distroless/cc-debian12'],
  'chainguard-static': ['cgr.dev/chainguard/static:latest'],
  'chainguard-glibc': ['cgr.dev/chainguard/glibc-dynamic:latest'],
  'dhi-static': ['dhi.io/static:20250419-debian13'],
  'dhi-glibc': ['dhi.io/static:20250419-glibc-debian12'],
  'node-dhi': ['dhi.io/node:22-debian13'],
  'jre-dhi': ['dhi.io/eclipse-temurin:17-debian13'],
  'node-bare': ['gcr.io/distroless/nodejs22-debian13'],
  'jre-bare': ['gcr.io/distroless/java17-debian13'],
  'nginx-unprivileged': ['nginxinc/nginx-unprivileged:1.27-bookworm', 'nginxinc/nginx-unprivileged:1.27'],
};

/** Makes the images that are missing or were made otherwise; returns how many it made. */
export async function makeStandIns(engine: Engine, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const where = `${debianMirror() ?? ''}\n${await npmRegistry()}`;
  const recipe = recipeOf([...filesBelow(BASES), ...SOURCES], where);
  const needs = await Promise.all(
    Object.entries(TAGS).map(async ([stage, tags]) =>
      (await isMissing(engine, tags, recipe)) ? [stage] : [],
    ),
  );
  const stages = needs.flat();
  const debian = await isMissing(engine, DEBIAN, recipe);
  const release = join(folder, 'release');
  await Promise.all([
    ...(debian ? [makeDebian(engine, folder, recipe)] : []),
    ...(stages.some((stage) => stage.startsWith('node')) ? [fetchNode(release)] : []),
  ]);
  // All at once: the engine builds what they share one time, and the rest side by side.
  await Promise.all(
    stages.map((stage) =>
      engine.must([
        ...['build', '--quiet', '--network', 'host', '--target', stage, '--label', labelled(recipe)],
        ...TAGS[stage]!.flatMap((tag) => ['--tag', tag]),
        ...(stage.startsWith('node') ? ['--build-context', `release=${release}`] : []),
        BASES,
      ]),
    ),
  );
  return stages.length + (debian ? DEBIAN.length : 0);
}
