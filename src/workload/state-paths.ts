import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { copySources } from './copied-files.js';
import type { ImageBuild } from './dockerfile.js';
import { programName } from './startup.js';

/** A directory that the program may write, though it lies outside its working directory. */
export interface StatePath {
  readonly path: string;
  readonly evidence: Evidence;
}

/** Directories of the system that programs read, and those that anyone may write. */
const SYSTEM =
  /^\/(?:bin|sbin|lib\w*|usr|etc|opt|proc|sys|dev|tmp|boot|nix|venv|\.venv|var\/(?:tmp|lib\/(?:apt|dpkg)|cache\/(?:apt|apk)))(?:\/|$)/;
const ABSOLUTE = /(?:^|[\s=:,'"])(\/[A-Za-z][\w./-]*)/g;

function pathsIn(text: string): string[] {
  return [...text.replace(/\w+:\/\/\/?[\w.-]+(?::\d+)?/g, '').matchAll(ABSOLUTE)].map((match) => match[1]!);
}

/** Paths that ENV, CMD, ENTRYPOINT, what they run, and `mkdir` name outside the working directory. */
export function statePaths(document: DockerfileDocument, build: ImageBuild): readonly StatePath[] {
  const { scope, workdir = '/', startup, stage } = build;
  const copied = scope.instructions.flatMap((instruction) => {
    if (!/^(?:COPY|ADD)$/.test(instruction.keyword)) return [];
    const owner = document.stages[instruction.stage] ?? stage;
    return copySources(document, owner, instruction)?.destination?.replace(/(.)\/+$/, '$1') ?? [];
  });
  const state = copied.filter((place) =>
    /^\/(?:var\/(?:lib|log|cache|spool|run)|data|state|storage)(?:\/|$)/.test(place),
  );
  const harmless = (path: string): boolean =>
    SYSTEM.test(path) ||
    path === workdir ||
    path.startsWith(`${workdir === '/' ? '' : workdir}/`) ||
    copied.some(
      (place) =>
        !state.includes(place) && (path === place || (place !== '/' && path.startsWith(`${place}/`))),
    );
  const found: StatePath[] = [];
  const look = (text: string, evidence: Evidence): void => {
    for (const path of pathsIn(text)) if (!harmless(path)) found.push({ path, evidence });
  };
  for (const [name, { value, instruction }] of scope.env) {
    if (!/PATH$/.test(name) || !(value ?? instruction.argumentText).includes(':')) {
      look(value ?? '', cite(document, instruction.start));
    }
  }
  for (const { name = '', args, evidence } of startup.programs) look([name, ...args].join(' '), evidence);
  for (const { keyword, argumentText, start } of scope.instructions) {
    if (/^(?:COPY|ADD)$/.test(keyword) && state.some((place) => argumentText.includes(place))) {
      look(argumentText.slice(argumentText.lastIndexOf(' ')), cite(document, start));
    }
  }
  for (const { keyword, json, start } of scope.instructions) {
    if (keyword === 'RUN' && json !== undefined) look(json.join(' '), cite(document, start));
  }
  for (const { program = '', args, offset, start } of build.runCommands) {
    if (programName(program) !== 'mkdir') continue;
    for (const { value = '' } of args) look(value, cite(document, offset + start));
  }
  return found;
}
