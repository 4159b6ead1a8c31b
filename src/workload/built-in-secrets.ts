import { redact } from '../core/redact.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { assignments } from '../formats/dockerfile/scope.js';
import { runScripts } from '../formats/dockerfile/shell-text.js';
import { parseShell, type ShellCommand } from '../formats/shell.js';
import { holdsToken, secretFileKind } from './secret-files.js';
import { isBuildSecret, isPlaceholder } from './secret-names.js';
import { programName } from './startup.js';

/** A variable or label whose value is a secret. */
export interface LiteralSecret {
  readonly name: string;
  /** Where it starts in the document. */
  readonly offset: number;
}

/** The variables of an ENV, ARG or LABEL whose values are secrets. */
export function literalSecrets(instruction: Instruction): readonly LiteralSecret[] {
  if (!/^(?:ENV|ARG|LABEL)$/.test(instruction.keyword)) return [];
  return assignments(instruction).flatMap(([name, value], at) =>
    // What refers to a variable is no value.
    /^["']?\$\{?\w+\}?["']?$/.test(value) || !isBuildSecret(name, value)
      ? []
      : [{ name, offset: instruction.words[at]?.start ?? instruction.start }],
  );
}

/** A secret in a command of a RUN. */
export interface CommandSecret {
  /** What it is, without its value. */
  readonly what: string;
  /** Takes its value out of a text. */
  readonly mask: (text: string) => string;
  /** Where its command starts in the document. */
  readonly offset: number;
}

/** Secrets that stand in the commands of a RUN: in addresses, options, and assignments. */
export function secretsInCommands(
  document: DockerfileDocument,
  instruction: Instruction,
): readonly CommandSecret[] {
  return runScripts(document, instruction).flatMap(({ text, offset }) => {
    const { commands } = parseShell(text);
    return commands.flatMap((command, at): CommandSecret[] => {
      const found = inCommand(command, commands[at + 1]);
      if (found === undefined) return [];
      const [what, value] = found;
      const mask = (line: string): string => line.split(value).join('********');
      return [{ what, mask, offset: offset + command.start }];
    });
  });
}

/** What is a secret in a command, and its text. */
type Found = readonly [what: string, value: string];

function inCommand(command: ShellCommand, next: ShellCommand | undefined): Found | undefined {
  const program = programName(command.program ?? '');
  const words = command.args;
  const assigned = [
    ...command.assignments,
    ...(/^(?:export|declare|local|setenv)$/.test(program) ? words.map(({ text }) => text) : []),
  ];
  for (const text of assigned) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    if (!/[$`]/.test(value) && isBuildSecret(name, value)) return [`a secret is assigned to ${name}`, value];
  }
  // Patterns are no secrets.
  if (/^(?:sed|e?grep|awk|test|\[)$/.test(program)) return undefined;
  const isMessage = program === 'echo' || program === 'printf';
  if (isMessage && programName(next?.program ?? '') === 'chpasswd') {
    const login = words.find(({ value }) => value !== undefined && /^[\w.-]+:[^:\s]+/.test(value));
    return (
      login && ['the password of a user stands', login.value!.slice(login.value!.indexOf(':') + 1).trim()]
    );
  }
  for (const [at, { text, value }] of words.entries()) {
    const written = value ?? text;
    const password = /\w:\/\/[^\s/@]*:([^\s/@$]+)@/.exec(written)?.[1];
    if (password !== undefined && redact(written) !== written)
      return ['an address with a password stands', password];
    if (value === undefined) continue;
    if (holdsToken(value)) return ['a token stands', value];
    const option = isMessage ? undefined : inOption(program, words[at - 1]?.text ?? '', value);
    if (option !== undefined) return option;
  }
  return undefined;
}

/** A word that is the value of an option, or has both. */
function inOption(program: string, option: string, value: string): Found | undefined {
  if (value === '' || isPlaceholder(value)) return undefined;
  const short = `a password stands in an option of ${program}`;
  if (/^(?:curl|wget)$/.test(program) && /^(?:-u|--user)$/.test(option)) {
    const password = /^[^:]+:(.+)/s.exec(value)?.[1];
    return password === undefined ? undefined : [short, password];
  }
  if (program === 'sshpass' && /^-p./.test(value)) return [short, value.slice(2)];
  if (/^(?:sshpass|docker|podman|buildah|skopeo|helm)$/.test(program) && option === '-p')
    return [short, value];
  if (
    /(?:^|[:._])(?:_auth|_authToken|_password|password|token)$/i.test(option) &&
    /^(?:npm|pnpm|yarn|git|composer|poetry|pip3?)$/.test(program)
  )
    return [`a secret of ${program}'s configuration stands`, value];
  const joined = /^--?([\w-]+)=(.+)$/s.exec(value);
  if (joined !== null) {
    const [, name = '', given = ''] = joined;
    return isOption(name, given) ? [`the value of the option ${name} stands`, given] : undefined;
  }
  const name = /^--([\w-]+)$/.exec(option)?.[1];
  return name !== undefined && isOption(name, value)
    ? [`the value of the option ${name} stands`, value]
    : undefined;
}

function isOption(name: string, value: string): boolean {
  return (
    /(?:^|-)(?:password|passwd|token|secret|api-?key)$/i.test(name) &&
    !/^(?:disabled|no|without|skip)-/.test(name) &&
    !isPlaceholder(value) &&
    !/^(?:-|\/|\.\/|true$|false$)/.test(value)
  );
}

/** What a heredoc of a COPY or RUN writes that is a secret. */
export function secretsInHeredoc(document: DockerfileDocument, instruction: Instruction): readonly string[] {
  return instruction.heredocs.flatMap(({ body, name }) => {
    const text = document.text.slice(body.start, body.end);
    const target =
      instruction.keyword === 'RUN'
        ? (/(?:>|\btee(?:\s+-a)?\s)\s*(\S+)/.exec(instruction.argumentText)?.[1] ?? name)
        : (instruction.words.at(-1)?.text ?? name);
    const path = target.endsWith('/') ? target + name : target;
    const kind = secretFileKind(path);
    const keys = kind?.read(text).keys ?? [];
    if (kind !== undefined && keys.length > 0) return [`a secret of ${kind.title} (${keys.join(', ')})`];
    return holdsToken(text) ? ['a token'] : [];
  });
}
