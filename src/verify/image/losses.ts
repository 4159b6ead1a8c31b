import { dockerfileAdapter } from '../../formats/dockerfile/parse.js';
import type { DockerfileDocument, Instruction } from '../../formats/dockerfile/document.js';
import type { Pair } from '../subject.js';
import type { ImageFigures } from './figures.js';

/**
 * What the original image has and the hardened one lost, in sentences, but for what the change of the Dockerfile itself
 * says: whoever reads that sees it.
 */
export function lossesOf(pair: Pair, before: ImageFigures, after: ImageFigures): readonly string[] {
  const written = readWritten(pair);
  const lost: string[] = [];

  if (before.uid !== 0 && after.uid === 0) lost.push(`it runs as root, and not as ${before.user}`);
  // Without the files nobody knows the names.
  const isUnknown = after.uid === undefined && after.setuid !== undefined;
  if (isUnknown && before.uid !== undefined) lost.push(`its user ${after.user} is not in its /etc/passwd`);

  for (const port of before.ports.filter((name) => !after.ports.includes(name))) {
    const number = port.split('/', 1)[0] ?? port;
    if (!written.accountsFor('EXPOSE', number)) lost.push(`it exposes ${number} no more`);
  }
  for (const [name, was, is] of [
    ['ENTRYPOINT', before.entrypoint, after.entrypoint],
    ['CMD', before.cmd, after.cmd],
  ] as const) {
    // A new ENTRYPOINT takes the image's CMD away: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
    const accounted = written.changes('ENTRYPOINT') || written.changes('CMD');
    if (!accounted && JSON.stringify(was) !== JSON.stringify(is))
      lost.push(`its ${name} is ${JSON.stringify(is)}, and was ${JSON.stringify(was)}`);
  }
  const matters = [...after.entrypoint, ...after.cmd].some(namesRelativePath);
  if (before.workdir !== after.workdir && matters && !written.accountsFor('WORKDIR'))
    lost.push(`its WORKDIR is ${after.workdir}, and was ${before.workdir}`);
  for (const name of before.env.filter((variable) => !after.env.includes(variable))) {
    if (!written.accountsFor('ENV', name)) lost.push(`it has no ${name} in its environment`);
  }
  if (
    before.healthcheck !== undefined &&
    after.healthcheck === undefined &&
    !written.accountsFor('HEALTHCHECK')
  )
    lost.push('it has no HEALTHCHECK');
  return lost;
}

/** True for what a program finds in its working folder only; in the shell form the words are one. */
function namesRelativePath(words: string): boolean {
  return words.split(/\s+/).some((word) => /^(?![-/$"'])(?:[^=;]*\/|[^=;]+\.\w+$)/.test(word));
}

/** What the two variants of a Dockerfile say. */
interface Written {
  /** True when an instruction was added, removed or changed, of those that name something. */
  changes(keyword: string, name?: string): boolean;
  /** The same; or what the original's base image gave, when the hardened file has another base. */
  accountsFor(keyword: string, name?: string): boolean;
}

function readWritten({ path, hardened, plan }: Pair): Written {
  const original = plan.original as DockerfileDocument;
  const parsed = dockerfileAdapter.parse(path, hardened);
  const changed = parsed.ok ? difference(original.instructions, parsed.document.instructions) : [];
  const of =
    (keyword: string, name: string | undefined) =>
    (instruction: Instruction): boolean =>
      instruction.keyword === keyword && (name === undefined || names(instruction, name));
  const changes = (keyword: string, name?: string): boolean => changed.some(of(keyword, name));
  return {
    changes,
    accountsFor: (keyword, name) =>
      changes(keyword, name) || (changes('FROM') && !original.instructions.some(of(keyword, name))),
  };
}

function names({ argumentText }: Instruction, name: string): boolean {
  return argumentText.split(/[\s=/-]+/).includes(name);
}

/** The instructions that only one of two lists has, whatever their order. */
function difference(before: readonly Instruction[], after: readonly Instruction[]): readonly Instruction[] {
  const only = (these: readonly Instruction[], those: readonly Instruction[]): Instruction[] => {
    const left = those.map(textOf);
    return these.filter((instruction) => {
      const at = left.indexOf(textOf(instruction));
      if (at !== -1) left.splice(at, 1);
      return at === -1;
    });
  };
  return [...only(before, after), ...only(after, before)];
}

function textOf({ keyword, flags, argumentText }: Instruction): string {
  return [keyword, ...flags.map(({ text }) => text), argumentText].join(' ');
}
