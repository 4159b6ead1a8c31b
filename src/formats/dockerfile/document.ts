import { LineIndex, type Range } from '../../core/text.js';
import type { SourceDocument } from '../../core/types.js';
import { expandWord, type Lookup } from './expand.js';
import type { Heredoc } from './heredoc.js';
import { sourceOffset, sourceRange, type LogicalLine } from './lines.js';
import type { Directive, Scan, ScannedLine } from './scan.js';
import { jsonStrings, leadingFlags, splitQuotedWords, splitWords, type TextWord } from './words.js';

/** A word of an instruction as written (continuations removed), with its place in the source. */
export interface Word extends Range {
  readonly text: string;
}

/** `--chown=node:node`. */
export interface Flag extends Word {
  /** Without the dashes, in lower case. */
  readonly name: string;
  readonly value: string | undefined;
}

export interface Instruction extends Range {
  readonly index: number;
  /** Upper case. */
  readonly keyword: string;
  readonly keywordRange: Range;
  readonly flags: readonly Flag[];
  /** All that follows the keyword and the flags, joined as BuildKit joins it. */
  readonly argumentText: string;
  /** Source of the arguments; empty and at the end of the instruction when there are none. */
  readonly argumentRange: Range;
  readonly words: readonly Word[];
  /** The strings of the JSON form (of HEALTHCHECK CMD: of its command). */
  readonly json: readonly string[] | undefined;
  readonly heredocs: readonly Heredoc[];
  /** Index of the stage that it belongs to; -1 before the first FROM. */
  readonly stage: number;
  readonly line: LogicalLine;
}

export interface Stage {
  readonly index: number;
  readonly name: string | undefined;
  readonly from: Instruction;
  /** The image or stage that FROM names, as written. */
  readonly image: string;
  /** The same with the defaults of global ARGs put in; undefined when a variable has none. */
  readonly reference: string | undefined;
  /** The stage it builds on, when FROM names an earlier one. */
  readonly parent: Stage | undefined;
  readonly platform: string | undefined;
  /** FROM and what follows it, in order. */
  readonly instructions: readonly Instruction[];
}

export interface DockerfileDocument extends SourceDocument {
  readonly format: 'dockerfile';
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly finalStage: Stage;
  /** Defaults of the ARGs before the first FROM. */
  readonly globalArgs: Lookup;
}

const QUOTED = new Set(['ENV', 'ARG', 'LABEL', 'USER', 'WORKDIR', 'STOPSIGNAL']);
const JSON_FORMS = new Set(['CMD', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME', 'COPY', 'ADD']);

function toFlag(word: TextWord, line: LogicalLine): Flag {
  const equals = word.text.indexOf('=');
  return {
    ...sourceRange(line, word.start, word.end),
    text: word.text,
    name: word.text.slice(2, equals === -1 ? undefined : equals).toLowerCase(),
    value: equals === -1 ? undefined : word.text.slice(equals + 1),
  };
}

function toInstruction(scanned: ScannedLine, escape: string, index: number, stage: number): Instruction {
  const { line, heredocs } = scanned;
  const { text } = line;
  const [head] = splitWords(text);
  const keywordEnd = head?.end ?? 0;
  const keyword = (head?.text ?? '').toUpperCase();
  const flags = leadingFlags(text, escape, keywordEnd);
  const after = flags.at(-1)?.end ?? keywordEnd;
  const from = after + text.slice(after).search(/\S|$/);
  const argumentText = text.slice(from).trimEnd();
  const end = from + argumentText.length;
  const words = QUOTED.has(keyword) ? splitQuotedWords(text, escape, from) : splitWords(text, from);
  const argumentRange =
    argumentText === ''
      ? { start: sourceOffset(line, after), end: sourceOffset(line, after) }
      : sourceRange(line, from, end);
  const healthcheck = keyword === 'HEALTHCHECK' ? /^CMD\s+/i.exec(argumentText)?.[0].length : undefined;
  return {
    start: line.start,
    end: heredocs.at(-1)?.terminator.end ?? line.end,
    index,
    keyword,
    keywordRange: sourceRange(line, head?.start ?? 0, keywordEnd),
    flags: flags.map((flag) => toFlag(flag, line)),
    argumentText,
    argumentRange,
    words: words.map((word) => ({ ...sourceRange(line, word.start, word.end), text: word.text })),
    json: JSON_FORMS.has(keyword)
      ? jsonStrings(argumentText)
      : healthcheck === undefined
        ? undefined
        : jsonStrings(argumentText.slice(healthcheck)),
    heredocs,
    stage,
    line,
  };
}

/** Values that ARG instructions give by default; `ARG X` without a default has none. */
function argDefaults(instructions: readonly Instruction[], escape: string): Lookup {
  const values = new Map<string, string | undefined>();
  const lookup: Lookup = (name) => values.get(name);
  for (const { keyword, words } of instructions) {
    if (keyword !== 'ARG') continue;
    for (const { text } of words) {
      const equals = text.indexOf('=');
      if (equals === -1) values.set(text, undefined);
      else values.set(text.slice(0, equals), expandWord(text.slice(equals + 1), lookup, escape));
    }
  }
  return lookup;
}

/** `${X:-22}` with an X that no ARG declares is 22: nothing but a global ARG is visible in FROM. */
function fromLookup(instructions: readonly Instruction[], defaults: Lookup): Lookup {
  const declared = new Set(
    instructions.flatMap(({ keyword, words }) =>
      keyword === 'ARG' ? words.map(({ text }) => text.replace(/=.*$/s, '')) : [],
    ),
  );
  return (name) => (declared.has(name) || /^(?:TARGET|BUILD)[A-Z]+$/.test(name) ? defaults(name) : '');
}

function toStages(instructions: readonly Instruction[], globals: Lookup, escape: string): Stage[] {
  const stages: Stage[] = [];
  const lookup = fromLookup(
    instructions.filter(({ stage }) => stage === -1),
    globals,
  );
  for (const from of instructions) {
    if (from.keyword !== 'FROM') continue;
    const image = from.words[0]?.text ?? '';
    const expanded = expandWord(image, lookup, escape);
    const reference = expanded === '' ? undefined : expanded;
    const platform = from.flags.find(({ name }) => name === 'platform')?.value;
    const name = /^as$/i.test(from.words[1]?.text ?? '') ? from.words[2]?.text : undefined;
    stages.push({
      index: stages.length,
      name,
      from,
      image,
      reference,
      parent: stages.findLast((stage) => stage.name?.toLowerCase() === (reference ?? image).toLowerCase()),
      platform,
      instructions: instructions.filter(({ stage }) => stage === from.stage),
    });
  }
  return stages;
}

/** Builds the document of a scanned text; undefined when it has no FROM. */
export function createDocument(path: string, text: string, scan: Scan): DockerfileDocument | undefined {
  const { escape, directives, comments } = scan;
  let stage = -1;
  const instructions = scan.lines.map((line, index) => {
    if (/^FROM(?:\s|$)/i.test(line.line.text)) stage += 1;
    return toInstruction(line, escape, index, stage);
  });
  const globalArgs = argDefaults(
    instructions.filter((instruction) => instruction.stage === -1),
    escape,
  );
  const stages = toStages(instructions, globalArgs, escape);
  const finalStage = stages.at(-1);
  if (finalStage === undefined) return undefined;
  return {
    format: 'dockerfile',
    path,
    text,
    lines: new LineIndex(text),
    escape,
    directives,
    instructions,
    stages,
    finalStage,
    commentRanges: comments,
    globalArgs,
    comments: () => comments.map(({ start, end }) => text.slice(start, end)),
  };
}
