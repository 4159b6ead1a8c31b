import type { Range } from '../core/text.js';
import type { ShellWord } from '../formats/shell.js';
import type { RunCommand } from './image-needs.js';
import { programName } from './startup.js';

/** An `apt-get install` with offsets of the document. */
export interface AptInstall {
  readonly command: RunCommand;
  /** The word `install`. */
  readonly verb: Range;
  /** Where another option goes: behind `install` and the `-y` that most people write next. */
  readonly optionsEnd: number;
  /** Package names, without version and architecture. */
  readonly packages: readonly string[];
  /** End of the last package word; undefined when there is none. */
  readonly lastPackageEnd: number | undefined;
  /** True when a variable or substitution names packages. */
  readonly variable: boolean;
  readonly withoutRecommends: boolean;
}

/** Options of apt that take a value as a word of their own. */
export const APT_OPTIONS_WITH_VALUE: ReadonlySet<string> = new Set([
  '-o',
  '--option',
  '-t',
  '--target-release',
  '--default-release',
  '-c',
  '-a',
]);
const RECOMMENDS_OFF =
  /^(?:--no-install-recommends$|--install-recommends=(?:0|no|false)$)|APT::Install-Recommends=["']?(?:0|no|false)/i;

/** The words from `apt-get` on, also behind sudo; undefined for another program. */
function aptWords(command: RunCommand): readonly ShellWord[] | undefined {
  const words = command.words;
  const at = words.findIndex(({ value = '' }) => /^(?:apt|apt-get)$/.test(programName(value)));
  if (at === -1) return undefined;
  const program = command.program === undefined ? '' : programName(command.program);
  const wrapped = /^(?:sudo|eatmydata|env|chroot)$/.test(program);
  return /^(?:apt|apt-get)$/.test(program) || wrapped ? words.slice(at + 1) : undefined;
}

/** Reads a command as `apt-get [options] install [options] packages`; undefined for anything else. */
export function aptInstall(command: RunCommand): AptInstall | undefined {
  const words = aptWords(command);
  if (words === undefined) return undefined;
  const operands: ShellWord[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (APT_OPTIONS_WITH_VALUE.has(word.text)) at += 1;
    else if (!word.text.startsWith('-')) operands.push(word);
  }
  const [verb, ...names] = operands;
  if (verb?.value !== 'install') return undefined;
  const last = names.at(-1);
  const next = words[words.indexOf(verb) + 1];
  const leading =
    next !== undefined && /^(?:-y|-qq?y?|-yqq?|--yes|--assume-yes)$/.test(next.text) ? next : verb;
  return {
    command,
    verb: { start: command.offset + verb.start, end: command.offset + verb.end },
    optionsEnd: command.offset + leading.end,
    packages: names.flatMap(({ value }) => value?.replace(/[:=/].*$/, '') ?? []),
    lastPackageEnd: last === undefined ? undefined : command.offset + last.end,
    variable: names.some(({ value }) => value === undefined),
    withoutRecommends: words.some(({ value, text }) => RECOMMENDS_OFF.test(value ?? text)),
  };
}
