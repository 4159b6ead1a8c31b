import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { redact } from '../core/redact.js';
import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { programName } from './startup.js';
import { withoutSudo } from './sudo-words.js';

/** A `curl` or `wget` of a RUN. */
export interface Download {
  readonly command: RunCommand;
  /** As written, without credentials and query; undefined when a variable names it. */
  readonly url: string;
  /** True for `http://` to another machine. */
  readonly plain: boolean;
  /** True when the certificate is not checked. */
  readonly insecure: boolean;
  /** The program that runs what it brings, when nothing checks that before. */
  readonly runBy: string | undefined;
  /** True when what it brings is kept, or unpacked, and nothing in the same RUN checks it; a signer's key is no such thing. */
  readonly unchecked: boolean;
}

const INTERPRETERS = /^(?:ba|da|a|z|k)?sh$|^(?:python[\d.]*|perl|node|nodejs|ruby|php|pwsh)$/;
const EVALUATES = /^(?:eval|source|\.)$/;
const CHECKS =
  /\b(?:sha(?:1|224|256|384|512)sum|shasum|b2sum|md5sum|gpgv?2?\s+(?:--?\S+\s+)*--(?:batch\s+--)?verify|--verify|gpgv|cosign|minisign|signify|slsa-verifier)\b/;
/** The build's own machine. */
const LOCAL =
  /^http:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+(?::\d+)?(?:\/|$))/;

/** Files that say whom to trust, or where packages are: what they lead to is checked by its signature. */
const SOURCES = /\.(?:asc|gpg|key|pub|list|sources|repo)["']?$/;
/** Programs that take a text apart, or a signer's key in. */
const READERS = /^(?:gpg|gpg2|apt-key|tee|jq|yq|grep|egrep|sed|awk|cut|head|tail|sort|tr|wc|xargs)$/;

const LOCAL_ADDRESS = /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\])/;

function nameOf(command: RunCommand): string {
  return programName(withoutSudo(command).program ?? '');
}

/** An address for people: no user, no password, and nothing that a query may hold. */
function shown(text: string): string {
  const bare = text.replace(/^["']|["']$/g, '').replace(/(:\/\/)[^/@\s]*@/, '$1');
  return redact(bare.replace(/\?.*$/s, '?…')).slice(0, 120);
}

/** The file that a download is saved as. */
function outputOf({ args }: RunCommand, url: string | undefined): string | undefined {
  const at = args.findIndex(({ text }) => /^(?:-[a-zA-Z]*[oO]|--output|--output-document)$/.test(text));
  const attached = args.flatMap(({ text }) => /^--output(?:-document)?=(.+)$/.exec(text)?.[1] ?? [])[0];
  if (attached !== undefined) return attached;
  const option = args[at]?.text;
  const remote = url === undefined ? undefined : programName(url.replace(/[?#].*$/, ''));
  if (
    option !== undefined &&
    /^-[a-zA-Z]*O$/.test(option) &&
    !args.some(({ text }) => /^-\w*[qn]?O$/.test(text) && args[at + 1]?.text === '-')
  )
    return /^https?:/.test(args[at + 1]?.text ?? 'http:') ? remote : args[at + 1]?.text;
  return option === undefined ? remote : args[at + 1]?.text;
}

/** The command that a pipe leads to. */
function pipedTo(
  document: DockerfileDocument,
  download: RunCommand,
  others: readonly RunCommand[],
): RunCommand | undefined {
  const next = others.find(({ start }) => start >= download.end);
  const between =
    next === undefined ? '' : document.text.slice(download.offset + download.end, next.offset + next.start);
  return /^[\s\\]*\|&?[\s\\]*$/.test(between) ? next : undefined;
}

/** True when what a download brings stays, as a file or unpacked. */
function isKept(
  document: DockerfileDocument,
  download: RunCommand,
  others: readonly RunCommand[],
  url: string | undefined,
): boolean {
  const next = pipedTo(document, download, others);
  if (next !== undefined) return !READERS.test(nameOf(next));
  const named = download.args.some(({ text }) =>
    /^(?:-[a-zA-Z]*[oO]|--output\b.*|--remote-name)$/.test(text),
  );
  const saves = named || nameOf(download) === 'wget';
  const file = download.writes[0]?.text ?? (saves ? (outputOf(download, url) ?? '') : undefined);
  return file !== undefined && !/^["']?(?:-|\/dev\/\w+)["']?$/.test(file) && !SOURCES.test(file);
}

/** What runs the download: a pipe, a substitution, or a later command of the same RUN that names the file. */
function runnerOf(
  document: DockerfileDocument,
  download: RunCommand,
  others: readonly RunCommand[],
  url: string | undefined,
): string | undefined {
  const next = pipedTo(document, download, others);
  if (next !== undefined) {
    const name = nameOf(next);
    return INTERPRETERS.test(name) ? name : undefined;
  }
  const around = others.find(
    (command) =>
      command.start < download.start &&
      command.end >= download.end &&
      (INTERPRETERS.test(nameOf(command)) || EVALUATES.test(nameOf(command))),
  );
  if (around !== undefined) return nameOf(around);
  const file = outputOf(download, url)?.replace(/["']/g, '');
  if (file === undefined || file === '-') return undefined;
  const same = (word: string): boolean => programName(word.replace(/["']/g, '')) === programName(file);
  const later = others.filter(({ start }) => start >= download.end);
  const runner = later.find((command) => {
    const { program = '', args } = withoutSudo(command);
    const script = args.find(({ text }) => !text.startsWith('-'))?.text ?? '';
    return same(program) || (INTERPRETERS.test(programName(program)) && same(script));
  });
  return runner === undefined ? undefined : nameOf(runner);
}

/** The downloads of a stage's own RUNs, with what becomes of them. */
export function downloadsOf(
  document: DockerfileDocument,
  build: Pick<ImageBuild, 'stage' | 'runCommands'>,
): readonly Download[] {
  return build.runCommands.flatMap((written): Download[] => {
    const command = withoutSudo(written);
    const name = programName(command.program ?? '');
    if (command.instruction.stage !== build.stage.index || !/^(?:curl|wget)$/.test(name)) return [];
    const words = command.args;
    const address = words.find(({ text }) => /^["']?(?:https?|ftp):\/\//.test(text))?.text;
    const variable = words.find(({ text }) => /^["']?\$/.test(text))?.text;
    const { instruction } = command;
    const checked = CHECKS.test(document.text.slice(instruction.start, instruction.end));
    const others = build.runCommands.filter(
      (other) => other.instruction === instruction && other.start !== command.start,
    );
    const insecure =
      name === 'curl'
        ? words.some(({ text }) => /^(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)$/.test(text))
        : words.some(({ text }) => text === '--no-check-certificate');
    const plain = /^["']?http:/.test(address ?? '') && !LOCAL.test(address!.replace(/^["']/, ''));
    return [
      {
        command,
        url: shown(address ?? variable ?? 'an address'),
        plain: plain && !checked,
        insecure: insecure && !checked,
        runBy: checked ? undefined : runnerOf(document, command, others, address),
        unchecked:
          !checked &&
          !LOCAL_ADDRESS.test((address ?? '').replace(/^["']/, '')) &&
          isKept(document, command, others, address),
      },
    ];
  });
}
