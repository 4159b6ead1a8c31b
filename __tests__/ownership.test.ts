import { describe, expect, test } from '@jest/globals';
import type { DockerfileDocument, Stage } from '../src/formats/dockerfile/document.js';
import { parseDockerfile } from '../src/formats/dockerfile/parse.js';
import { joinPath, stageScope, workdirAt } from '../src/formats/dockerfile/scope.js';
import { runScripts } from '../src/formats/dockerfile/shell-text.js';
import { parseShell } from '../src/formats/shell.js';
import { copySources } from '../src/workload/copied-files.js';
import { isRoot, isWithin } from '../src/workload/model.js';
import { planCase, readCases } from './support/cases.js';

/** Who owns which folder of an image, as BuildKit makes them. */
class Owners {
  readonly #owners = new Map<string, string>();

  of(path: string): string {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const owner = this.#owners.get(at);
      if (owner !== undefined) return owner;
    }
    return 'root';
  }

  has(path: string): boolean {
    return this.#owners.has(path);
  }

  give(path: string, owner: string): void {
    this.#owners.set(path, owner);
  }

  giveAll(path: string, owner: string): void {
    for (const known of this.#owners.keys()) if (isWithin(known, path)) this.#owners.set(known, owner);
    this.#owners.set(path, owner);
  }
}

function userOf(owner: string): string {
  return owner.split(/[:.]/)[0] ?? owner;
}

/** Follows COPY, WORKDIR and the chown and mkdir of RUN through the instructions that build a stage. */
function ownersOf(document: DockerfileDocument, stage: Stage): Owners {
  const owners = new Owners();
  /** Folders that come from another stage, with what is in them. */
  const brought: string[] = [];
  let user = 'root';
  for (const instruction of stageScope(document, stage).instructions) {
    const own = document.stages[instruction.stage] ?? stage;
    const cwd = workdirAt(document, own, instruction) ?? '/';
    switch (instruction.keyword) {
      case 'USER':
        user = userOf(instruction.argumentText);
        break;
      case 'WORKDIR': {
        const path = joinPath(cwd, instruction.argumentText);
        // It leaves a folder that is there as it is, and makes one as the user in force.
        if (!owners.has(path) && !brought.some((folder) => isWithin(path, folder))) owners.give(path, user);
        break;
      }
      case 'COPY':
      case 'ADD': {
        const copy = copySources(document, own, instruction);
        const path = copy?.destination?.replace(/(.)\/+$/, '$1');
        const flag = instruction.flags.find(({ name }) => name === 'chown')?.value;
        // Only a folder that it makes gets its owner.
        if (path !== undefined && !owners.has(path)) owners.give(path, userOf(flag ?? 'root'));
        if (path !== undefined && copy?.from !== undefined) brought.push(path);
        break;
      }
      case 'RUN':
        for (const { text } of runScripts(document, instruction)) {
          for (const { program, args } of parseShell(text).commands) {
            const values = args.map(({ value, text: word }) => value ?? word);
            const operands = values.filter((word) => !word.startsWith('-'));
            const recursive = values.some((word) => /^-\w*R/.test(word));
            if (program === 'mkdir') operands.forEach((path) => owners.give(joinPath(cwd, path), user));
            if (program !== 'chown') continue;
            for (const path of operands.slice(1)) {
              const [at, owner] = [joinPath(cwd, path), userOf(operands[0] ?? '')];
              if (recursive) owners.giveAll(at, owner);
              else owners.give(at, owner);
            }
          }
        }
        break;
    }
  }
  return owners;
}

const cases = readCases().filter(({ id }) =>
  /^dockerfile\/(?:run-as-non-root|separate-build|together)$/.test(id),
);

describe.each(cases.map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) => {
  const plan = planCase(fixture, fixture.text);
  const parsed = parseDockerfile(fixture.path, plan.result);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { document } = parsed;
  const before = plan.original as DockerfileDocument;

  test('starts as a user that owns what it works in', () => {
    const changed = document.stages.filter((stage) => {
      const [now, was] = [stage, before.stages[stage.index]].map((each) =>
        each === undefined ? undefined : stageScope(each === stage ? document : before, each).user?.value,
      );
      return now !== undefined && now !== was && !isRoot(now);
    });
    for (const stage of changed) {
      const { root, user, workdir, volumes } = stageScope(document, stage);
      // What the author owned in the one stage there was is what counts for who ran it as this user already.
      const author = stageScope(before, before.finalStage);
      const folder = workdir?.value;
      if (folder === undefined || /^(?:scratch|gcr\.io\/distroless)/.test(root.reference ?? '')) continue;
      const name = userOf(user?.value ?? '');
      const owners = ownersOf(document, stage);
      if (userOf(author.user?.value ?? 'root') === name) {
        expect(owners.of(folder)).toBe(ownersOf(before, before.finalStage).of(folder));
        continue;
      }
      for (const path of [folder, ...volumes.flatMap(({ value }) => value ?? [])]) {
        expect([path, owners.of(path)]).toEqual([path, name]);
      }
    }
  });

  test('starts nothing that lies in the home of root as another user', () => {
    const { user, entrypoint, command, workdir } = stageScope(document, document.finalStage);
    if (user?.value === undefined || isRoot(user.value)) return;
    const was = stageScope(before, before.finalStage).user?.value;
    if (was === user.value) return;
    const words = [entrypoint, command].flatMap((each) => each?.json ?? each?.argumentText ?? []);
    expect([...words, workdir?.value ?? ''].filter((word) => /(?:^|\s)\/root\//.test(word))).toEqual([]);
  });
});
