import { edits, refused, type Edits, type TextEdit } from '../core/text.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { mountsOver, stepAt, type RunScript } from '../formats/dockerfile/run-script.js';
import { packageCommand, type PackageCommand } from './package-commands.js';

const OPTIONS_WITH_VALUE = new Set(['-X', '--repository', '-t', '--virtual', '--arch', '--keys-dir']);
const UPDATE = /^(?:-U|--update|--update-cache)$/;
/** Another root, another cache or none to fetch: they have their reason. */
const ELSEWHERE = /^(?:-p|--root|--cache-dir|--no-network|--initdb|--cache-max-age)(?:=|$)/;

export interface ApkOutcome {
  readonly first: PackageCommand;
  readonly change: string;
  readonly edits: Edits;
}

function has(command: PackageCommand, option: RegExp): boolean {
  return command.args.some(({ text }) => option.test(text));
}

/** A command with `--no-cache`: in the place of `--update`, which it includes, or behind the verb. */
function withNoCache(run: RunScript, command: PackageCommand): TextEdit[] {
  const [update, ...more] = command.args.filter(({ text }) => UPDATE.test(text));
  if (update !== undefined && more.length === 0) {
    return [{ start: run.offset + update.start, end: run.offset + update.end, text: '--no-cache' }];
  }
  const at = run.offset + command.verb!.end;
  return [{ start: at, end: at, text: ' --no-cache' }];
}

/** The text of `apk update && `, when what follows in the same list fetches the index by itself. */
function removal(document: DockerfileDocument, run: RunScript, update: PackageCommand): TextEdit | undefined {
  const { steps } = run.script;
  const at = steps.findIndex(({ start, end }) => start === update.start && end === update.end);
  const step = steps[at];
  const next = steps[at + 1];
  if (step?.operator !== '&&' || next?.list !== step.list) return undefined;
  const range = { start: run.offset + step.start, end: run.offset + next.start };
  const inside = document.commentRanges.some(({ start }) => start > range.start && start < range.end);
  return inside ? undefined : { ...range, text: '' };
}

/**
 * Makes the apk commands of a script leave no index behind: `--no-cache` fetches it for the one command and keeps
 * nothing, so that `apk update` before it has no purpose. Undefined when there is nothing to change.
 */
export function withoutApkCache(document: DockerfileDocument, run: RunScript): ApkOutcome | undefined {
  const { script, instruction } = run;
  const all = script.commands.flatMap(
    (command) => packageCommand(command, /^apk$/, OPTIONS_WITH_VALUE) ?? [],
  );
  const installs = all.filter(({ verb }) => /^(?:add|upgrade|fix)$/.test(verb?.value ?? ''));
  const updates = all.filter(({ verb }) => verb?.value === 'update');
  const open = [...installs, ...updates].filter((command) => !has(command, /^--no-cache$/));
  const [first] = [...open].sort((a, b) => a.start - b.start);
  if (first === undefined || all.some((command) => has(command, ELSEWHERE))) return undefined;
  if (mountsOver(instruction, /^\/(?:var\/cache|etc\/apk)(?:\/|$)/)) return undefined;
  const cleaned = script.commands.some(
    ({ words, start }) =>
      start > first.start &&
      (words.some(({ text }) => /\/var\/cache|\/etc\/apk\/cache|\/lib\/apk\/db/.test(text)) ||
        (words.some(({ text }) => text === 'apk') && words.some(({ text }) => text === 'cache'))),
  );
  const cached = document.instructions.some(
    ({ index, argumentText }) => index < instruction.index && /\/etc\/apk\/cache/.test(argumentText),
  );
  if (cleaned || cached) return undefined;
  const reads = all.some(({ verb }) => /^(?:search|info|policy|fetch|list|version)$/.test(verb?.value ?? ''));
  const list: TextEdit[] = installs
    .filter((command) => !has(command, /^--no-cache$/))
    .flatMap((command) => withNoCache(run, command));
  const changes = list.length > 0 ? ['--no-cache'] : [];
  for (const update of updates.filter((command) => !has(command, /^--no-cache$/))) {
    const later = installs.some(({ start }) => start > update.start);
    const edit = later && !reads ? removal(document, run, update) : undefined;
    if (edit === undefined) {
      const reason = reads
        ? 'something reads the index that apk update fetches'
        : 'apk update stands apart from what installs: apk add --no-cache fetches the index by itself';
      return { first, change: '', edits: refused(reason) };
    }
    list.push(edit);
    changes.push('without apk update');
  }
  if (installs.some(({ start }) => stepAt(run, start)?.kind === 'function')) {
    return { first, change: '', edits: refused('a shell function does it') };
  }
  return { first, change: [...new Set(changes)].join(', '), edits: edits(...list) };
}
