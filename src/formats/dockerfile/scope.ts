import type { DockerfileDocument, Instruction, Stage } from './document.js';
import { expandWord, type Lookup } from './expand.js';
import { splitWords } from './words.js';

/** A value in force at the end of a stage, and the instruction that set it. */
export interface Setting {
  /** Undefined when it depends on a variable whose value isn't known. */
  readonly value: string | undefined;
  readonly instruction: Instruction;
}

/** The configuration of a stage's image as far as the Dockerfile sets it; what it inherits is not in here. */
export interface StageScope {
  /** FROM's target after following `FROM <stage>`: the image that the chain is built on. */
  readonly root: Stage;
  /** The instructions of the stage and of those it builds on, in build order. */
  readonly instructions: readonly Instruction[];
  readonly user: Setting | undefined;
  /** Absolute once one of the chain's WORKDIRs is; else relative to the base image's. */
  readonly workdir: Setting | undefined;
  readonly env: ReadonlyMap<string, Setting>;
  readonly ports: readonly Setting[];
  readonly volumes: readonly Setting[];
  readonly entrypoint: Instruction | undefined;
  readonly command: Instruction | undefined;
  readonly shell: Instruction | undefined;
  /** Value of a variable as it stands before an instruction of the chain, or at its end. */
  lookupAt(instruction?: Instruction): Lookup;
}

/** Variables that Docker sets itself in a build. */
const PREDEFINED = /^(?:(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)|(?:https?|ftp|no|all)_proxy)$/i;

/** `ENV a=1 b="x y"` and the legacy `ENV a 1`, as name and raw value. */
export function assignments(instruction: Instruction): readonly (readonly [name: string, value: string])[] {
  const { words, argumentText } = instruction;
  const first = words[0]?.text;
  if (first === undefined) return [];
  if (instruction.keyword !== 'ARG' && !first.includes('=')) {
    return [[first, argumentText.slice(first.length).trim()]];
  }
  return words.map(({ text }) => {
    const equals = text.indexOf('=');
    return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
  });
}

/** Joins a path to the directory it is relative to, and removes `.` and `..`. */
export function joinPath(base: string, path: string): string {
  const absolute = path.startsWith('/') || base.startsWith('/');
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** The stages from the chain's root to `stage`. */
export function stageChain(stage: Stage): readonly Stage[] {
  const chain = [stage];
  for (let { parent } = stage; parent !== undefined; parent = parent.parent) chain.unshift(parent);
  return chain;
}

type Values = Map<string, { readonly value: string | undefined; readonly env: boolean }>;

function assign(document: DockerfileDocument, instruction: Instruction, values: Values): void {
  const isEnv = instruction.keyword === 'ENV';
  const lookup: Lookup = (name) => values.get(name)?.value;
  const next = assignments(instruction).map(([name, raw]) => {
    const bare = !isEnv && !instruction.words.some(({ text }) => text.startsWith(`${name}=`));
    const value = bare ? document.globalArgs(name) : expandWord(raw, lookup, document.escape);
    return { name, value };
  });
  for (const { name, value } of next) {
    // https://docs.docker.com/reference/dockerfile/#using-arg-variables: ENV always overrides ARG.
    if (!isEnv && values.get(name)?.env === true) continue;
    values.set(name, { value: PREDEFINED.test(name) && !isEnv ? undefined : value, env: isEnv });
  }
}

function valuesBefore(
  document: DockerfileDocument,
  chain: readonly Instruction[],
  stop?: Instruction,
): Values {
  const values: Values = new Map();
  for (const instruction of chain) {
    if (instruction === stop) break;
    if (instruction.keyword === 'ENV' || instruction.keyword === 'ARG') assign(document, instruction, values);
  }
  return values;
}

const scopes = new WeakMap<Stage, StageScope>();

/** What is in force at the end of a stage, following `FROM <stage>`. */
export function stageScope(document: DockerfileDocument, stage: Stage): StageScope {
  const cached = scopes.get(stage);
  if (cached !== undefined) return cached;
  const chain = stageChain(stage);
  const instructions = chain.flatMap((link) => link.instructions);
  const values: Values = new Map();
  const lookup: Lookup = (name) => values.get(name)?.value;
  const env = new Map<string, Setting>();
  const ports: Setting[] = [];
  const volumes: Setting[] = [];
  let user: Setting | undefined;
  let workdir: Setting | undefined;
  let entrypoint: Instruction | undefined;
  let command: Instruction | undefined;
  let shell: Instruction | undefined;
  const expand = (text: string): string | undefined => expandWord(text, lookup, document.escape);
  for (const instruction of instructions) {
    const { keyword, argumentText, json } = instruction;
    const items = json ?? splitWords(argumentText).map(({ text }) => text);
    switch (keyword) {
      case 'ARG':
        assign(document, instruction, values);
        break;
      case 'ENV':
        assign(document, instruction, values);
        for (const [name] of assignments(instruction)) env.set(name, { value: lookup(name), instruction });
        break;
      case 'USER':
        user = { value: expand(argumentText), instruction };
        break;
      case 'WORKDIR': {
        const path = expand(argumentText);
        const base: string | undefined = workdir === undefined ? '' : workdir.value;
        const known = path !== undefined && (path.startsWith('/') || base !== undefined);
        workdir = { value: known ? joinPath(base ?? '', path) : undefined, instruction };
        break;
      }
      case 'EXPOSE':
        for (const item of items) ports.push({ value: expand(item), instruction });
        break;
      case 'VOLUME':
        for (const item of items) volumes.push({ value: expand(item), instruction });
        break;
      case 'ENTRYPOINT':
        // https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
        if (command?.stage !== instruction.stage) command = undefined;
        entrypoint = instruction;
        break;
      case 'CMD':
        command = instruction;
        break;
      case 'SHELL':
        shell = instruction;
        break;
    }
  }
  const scope: StageScope = {
    root: chain[0]!,
    ...{ instructions, user, workdir, env, ports, volumes, entrypoint, command, shell },
    lookupAt: (instruction) => {
      const before = valuesBefore(document, instructions, instruction);
      return (name) => before.get(name)?.value;
    },
  };
  scopes.set(stage, scope);
  return scope;
}

/** The WORKDIR in force where an instruction of the chain runs; undefined when it isn't known. */
export function workdirAt(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): string | undefined {
  const { instructions, lookupAt } = stageScope(document, stage);
  let workdir: string | undefined = '';
  for (const earlier of instructions) {
    if (earlier === instruction) break;
    if (earlier.keyword !== 'WORKDIR') continue;
    const path = expandWord(earlier.argumentText, lookupAt(earlier), document.escape);
    if (path === undefined) workdir = undefined;
    else
      workdir = path.startsWith('/')
        ? joinPath('', path)
        : workdir === undefined
          ? undefined
          : joinPath(workdir, path);
  }
  return workdir === undefined || !workdir.startsWith('/') ? undefined : workdir;
}
