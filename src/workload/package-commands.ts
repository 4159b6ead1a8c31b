import type { Range } from '../core/text.js';
import type { DockerfileDocument, Stage } from '../formats/dockerfile/document.js';
import { readRun, type RunScript } from '../formats/dockerfile/run-script.js';
import { stageChain } from '../formats/dockerfile/scope.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import type { DockerfileContext } from './context.js';
import { runningStages } from './dockerfile.js';
import { programName } from './startup.js';

/** A command of a package manager, in the terms of its script. */
export interface PackageCommand extends Range {
  /** `apt-get`, `python3`. */
  readonly tool: string;
  /** Where the tool's name ends. */
  readonly toolEnd: number;
  /** What stands before the tool's own words, as written: `sudo -E apt-get`. */
  readonly prefix: string;
  /** The first word that is no option. */
  readonly verb: ShellWord | undefined;
  /** The words after the tool. */
  readonly args: readonly ShellWord[];
}

/** Programs that run another one as it is. */
const PASSES_ON = /^(?:sudo|doas|eatmydata|env|retry|timeout)$/;

/** Reads a command as `[sudo] <tool> [options] <verb> …`; undefined for another program. */
export function packageCommand(
  command: ShellCommand,
  tools: RegExp,
  optionsWithValue: ReadonlySet<string> = new Set(),
): PackageCommand | undefined {
  const { words, program = '' } = command;
  const at = words.findIndex(({ value = '' }) => tools.test(programName(value)));
  const tool = words[at];
  if (tool === undefined) return undefined;
  if (!tools.test(programName(program)) && !PASSES_ON.test(programName(program))) return undefined;
  const args = words.slice(at + 1);
  let verb: ShellWord | undefined;
  for (let next = 0; next < args.length && verb === undefined; next += 1) {
    const word = args[next]!;
    if (optionsWithValue.has(word.text)) next += 1;
    else if (!word.text.startsWith('-')) verb = word;
  }
  return {
    ...{ start: command.start, end: command.end, verb, args },
    tool: programName(tool.value ?? ''),
    toolEnd: tool.end,
    prefix: words
      .slice(0, at + 1)
      .map(({ text }) => text)
      .join(' '),
  };
}

/** The scripts of a stage's own RUN instructions, in order. */
export function stageRuns(document: DockerfileDocument, stage: Stage): readonly RunScript[] {
  return stage.instructions.flatMap((instruction) => readRun(document, stage, instruction) ?? []);
}

/** The stages whose layers are part of an image that runs: what another stage leaves behind is thrown away. */
export function shippedStages(document: DockerfileDocument, context: DockerfileContext): readonly Stage[] {
  const shipped = new Set(runningStages(document, context).flatMap(stageChain));
  return document.stages.filter((stage) => shipped.has(stage));
}

/** The stages that are built on a stage, and itself. */
export function builtOn(document: DockerfileDocument, stage: Stage): readonly Stage[] {
  return document.stages.filter((other) => stageChain(other).includes(stage));
}
