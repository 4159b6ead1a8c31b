import { cite } from '../core/evidence.js';
import { redact } from '../core/redact.js';
import type { Certainty, Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { joinPath } from '../formats/dockerfile/scope.js';
import { parseShell } from '../formats/shell.js';
import type { DockerfileContext } from './context.js';
import { findCopiedFile } from './copied-files.js';
import type { ImageBuild } from './dockerfile.js';
import { isInit, looksLikeScript, programName } from './startup.js';

/** Words that only a shell understands: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html */
const BUILTINS = new Set(
  (
    '. : [ [[ alias bg break builtin cd command continue eval exit export fg getopts hash jobs local ' +
    'popd pushd read readonly return set shift source time times trap type ulimit umask unalias ' +
    'unset wait'
  ).split(' '),
);

/** Programs of base images and package managers, none of which is a script without `#!`. */
const PROGRAMS = new Set(
  (
    'node npm npx yarn pnpm bun bunx deno tsx ts-node nodemon pm2 next python python2 python3 pip uv ' +
    'poetry pipenv uvicorn gunicorn hypercorn celery flask django-admin streamlit daphne ruby bundle ' +
    'rails rackup puma rake java php php-fpm composer perl dotnet go cargo mix elixir erl nginx ' +
    'httpd apache2-foreground apachectl apache2ctl redis-server memcached mongod caddy haproxy ' +
    'supervisord cron crond sshd sh bash ash dash tail sleep cat echo env tini dumb-init make mvn ' +
    'gradle nohup nice'
  ).split(' '),
);

export type ExecWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | {
      readonly ok: false;
      readonly reason: string;
      /** It is one command: `exec` in front of it would replace the shell. */
      readonly simple: boolean;
      /** It has that `exec` already. */
      readonly replacesShell: boolean;
    };

/** The words that mean the same without a shell. */
export function execWords(text: string): ExecWords {
  const { commands, complete, single } = parseShell(text);
  const [first] = commands;
  const simple = complete && commands.length === 1 && first?.words[0]?.start === 0;
  const replacesShell = simple && first?.words[0]?.value === 'exec';
  const no = (reason: string, isSimple = false): ExecWords => ({
    ok: false,
    reason,
    simple: isSimple && !replacesShell,
    replacesShell: replacesShell && isSimple,
  });
  if (text.startsWith('[')) return no('it starts like the JSON form, but is no JSON array of strings');
  if (!complete) return no('the command could not be read');
  if (first === undefined || commands.length > 1) return no('it is more than one command');
  const expanded = first.words.find(({ value }) => value === undefined);
  if (first.words.length > 0 && expanded !== undefined)
    return no(`the shell expands ${redact(expanded.text)}`, simple);
  if (first.redirected) return no('the shell redirects its output', simple);
  if (!single) return no('the shell does more than run one command');
  const words = first.words.map(({ value }) => value ?? '');
  const argv = words[0] === 'exec' ? words.slice(1) : words;
  const [program] = argv;
  if (program === undefined || program.startsWith('-')) return no('exec has options');
  if (BUILTINS.has(program)) return no(`${program} is part of the shell`);
  if (/[\s=]/.test(program)) return no(`${program} is no program's name`);
  return { ok: true, words: argv };
}

interface ProgramVerdict {
  readonly certainty: Certainty;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/**
 * How sure it is that the kernel can run the program by itself: a shell also runs a script without a `#!` line,
 * execve(2) does not.
 */
export function programCertainty(
  document: DockerfileDocument,
  build: ImageBuild,
  program: string,
  context: DockerfileContext,
): ProgramVerdict {
  const evidence = [cite(document, build.stage.from.start)];
  const path = program.includes('/')
    ? program.startsWith('/') || build.workdir !== undefined
      ? joinPath(build.workdir ?? '/', program)
      : undefined
    : `/usr/local/bin/${program}`;
  const found =
    path === undefined
      ? undefined
      : findCopiedFile(document, build.stage, path, context.files, context.buildContext);
  if (found !== undefined) {
    const line: Evidence = {
      file: found.file,
      line: 1,
      text: redact(found.text.split('\n', 1)[0]!.trim().slice(0, 80)),
    };
    if (found.text.startsWith('#!')) return { certainty: 'known', reason: '', evidence: [line] };
    const reason = `${found.file} has no #! line: only a shell can run it`;
    return { certainty: 'unknown', reason, evidence: [line] };
  }
  if (looksLikeScript(program)) {
    const reason = `${program} is a script that is not in the repository: without a #! line only a shell can run it`;
    return { certainty: 'unknown', reason, evidence };
  }
  const own = PROGRAMS.has(program.includes('/') ? '' : program) || PROGRAMS.has(systemProgram(program));
  return { certainty: own ? 'known' : 'likely', reason: '', evidence: [] };
}

/** The name of a program in one of the image's own directories; empty for any other path. */
function systemProgram(path: string): string {
  return /^\/(?:usr\/)?(?:local\/)?s?bin\//.test(path) ? programName(path) : '';
}

type Standing =
  | { readonly ok: true; readonly certainty: Certainty; readonly evidence: readonly Evidence[] }
  | { readonly ok: false; readonly reason: string };

function commandStanding(document: DockerfileDocument, build: ImageBuild): Standing {
  const { entrypoint, root } = build.scope;
  if (entrypoint !== undefined) {
    const evidence = [cite(document, entrypoint.start)];
    if (entrypoint.json === undefined)
      return { ok: false, reason: 'ENTRYPOINT is in shell form, which ignores CMD' };
    if (entrypoint.json.length === 0 || isInit(entrypoint.json))
      return { ok: true, certainty: 'known', evidence };
    return {
      ok: false,
      reason: 'ENTRYPOINT gets other arguments: the words instead of /bin/sh -c and one string',
    };
  }
  const evidence = [cite(document, root.from.start)];
  if (build.facts?.kind === 'server') {
    return {
      ok: false,
      reason: `the entrypoint of ${build.facts.name} may treat the program's name specially`,
    };
  }
  const passes = build.facts !== undefined || build.baseImage !== undefined || build.scratch;
  return { ok: true, certainty: passes ? 'known' : 'likely', evidence };
}

/** Whether the words can take the place of `/bin/sh -c <text>` as far as the other instructions go. */
export function standing(
  document: DockerfileDocument,
  build: ImageBuild,
  instruction: Instruction,
  uses: number,
): Standing {
  const { shell, command } = build.scope;
  if (shell !== undefined) return { ok: false, reason: 'a SHELL instruction says how it is run' };
  if (instruction.keyword === 'CMD') return commandStanding(document, build);
  if (command !== undefined)
    return { ok: false, reason: 'CMD, which the shell form ignores, would become its arguments' };
  return { ok: true, certainty: uses > 0 ? 'likely' : 'known', evidence: [] };
}
