import { joinPath } from '../../formats/dockerfile/scope.js';
import type { ShellWord } from '../../formats/shell.js';
import type { RunCommand } from '../image-needs.js';
import { isWithin } from '../model.js';
import { programName } from '../startup.js';
import { BUILD, NOTHING, REPEAT, unclear, type Project, type Role } from './model.js';
import { exactPackages } from './packages.js';

/** Programs that leave nothing behind, or only take away. */
const TRACELESS =
  /^(?:rm|rmdir|true|:|set|cd|pushd|popd|export|unset|test|\[|ls|which|type|command|date|sleep|id|whoami|env|pwd|cat|echo|printf|exit|trap|ldconfig|uname|arch|gpgconf|hash|umask|find|readlink|dirname|basename|grep|sort|cut|head|tail|wc|tr|awk|stat|du|df|printenv|nproc|getconf|strip|seq|sync|local|read|return|shift|eval|break|continue|stty|tput|clear)$/;

/** Programs that create users: who owns a file must be known where the file is. */
const ACCOUNTS =
  /^(?:useradd|groupadd|adduser|addgroup|usermod|groupmod|passwd|userdel|groupdel|deluser|delgroup)$/;

/** Programs that work on the files that they are given. */
const ON_PATHS = /^(?:mkdir|chmod|chown|chgrp|touch|ln|sed|install|cp|mv|tee|truncate|dd|ranlib)$/;

/** Ready-made settings of the system, by a program that every variant of the image has. */
const SYSTEM =
  /^(?:locale-gen|update-locale|dpkg-reconfigure|update-ca-certificates|update-alternatives|a2enmod|a2ensite|a2dismod|a2dissite|a2enconf|setcap|docker-php-ext-enable)$/;

/** Installers behind a pipe, the folder they fill below the home, and the programs that this brings. */
const INSTALLERS: readonly (readonly [url: RegExp, programs: readonly string[]])[] = [
  [/bun\.(?:sh|com)\/install/, ['bun', 'bunx']],
  [/deno\.land\/(?:x\/)?install/, ['deno']],
  [/get\.pnpm\.io/, ['pnpm', 'pnpx']],
  [/install\.python-poetry\.org/, ['poetry']],
  [/sh\.rustup\.rs|rustup\.sh/, ['cargo', 'rustc', 'rustup']],
  [/astral\.sh\/uv/, ['uv', 'uvx']],
];

export function words(command: RunCommand): string[] {
  return command.args.map(({ value, text }) => value ?? text);
}

/** The programs that a known installer brings into the home of the user that builds; undefined for another one. */
export function installerPrograms(url: string): readonly string[] | undefined {
  return INSTALLERS.find(([pattern]) => pattern.test(url))?.[1];
}

function inRoots(project: Project, path: string): boolean {
  return (
    project.roots.some((root) => isWithin(path, root)) || isWithin(path, '/tmp') || isWithin(path, '/var/tmp')
  );
}

/** A word as an absolute path; undefined when the shell completes it. */
function pathOf(word: ShellWord, project: Project, command: RunCommand, cwd: string): string | undefined {
  const pattern = /[*?[]/.test(word.text) && !word.text.includes('$') ? word.text : undefined;
  const text = word.value ?? pattern ?? project.expand(command, word.text);
  return text === undefined ? undefined : joinPath(cwd, text);
}

/** What a redirection writes, among `/dev/null` and the project's own folders. */
function writesOutside(command: RunCommand, project: Project, cwd: string): boolean {
  return command.writes.some((word) => {
    const path = pathOf(word, project, command, cwd);
    return (
      path === undefined || !(inRoots(project, path) || path.startsWith('/dev/') || /\.npmrc$/.test(path))
    );
  });
}

/** The operands of a program that works on paths, without its options and, for chmod and chown, mode and owner. */
function pathWords(program: string, args: readonly ShellWord[]): readonly ShellWord[] {
  const withValue: Readonly<Record<string, RegExp>> = {
    mkdir: /^(?:-m|--mode)$/,
    install: /^-(?:m|o|g|t)$/,
    sed: /^(?:-e|--expression|-f)$/,
    touch: /^(?:-d|-t|-r)$/,
    cp: /^-t$/,
    mv: /^-t$/,
    ln: /^-t$/,
  };
  const found: ShellWord[] = [];
  let scripted = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at]!;
    if (withValue[program]?.test(word.text) === true) {
      scripted ||= program === 'sed';
      at += 1;
    } else if (
      !/^[-+]/.test(word.text) ||
      (program === 'chmod' && /^[-+]\w/.test(word.text) && found.length === 0)
    )
      found.push(word);
  }
  if (program === 'sed') return scripted ? found : found.slice(1);
  return /^(?:chmod|chown|chgrp)$/.test(program) ? found.slice(1) : found;
}

function roleOnPaths(command: RunCommand, program: string, project: Project, cwd: string): Role {
  const operands = pathWords(program, command.args);
  const paths = operands.map((word) => pathOf(word, project, command, cwd));
  if (paths.some((path) => path === undefined)) return unclear(`the shell decides what ${program} works on`);
  const known = paths.flatMap((path) => path ?? []);
  const moves =
    /^(?:cp|mv|install)$/.test(program) &&
    !words(command).some((word) => /^-\w*d/.test(word) && program === 'install');
  if (moves) return roleOfMove(command, program, known, project);
  if (program === 'ln') {
    const link = known.at(-1);
    return link === undefined || inRoots(project, link) ? BUILD : REPEAT;
  }
  const outside = known.filter((path) => !inRoots(project, path));
  if (outside.length === 0) return BUILD;
  if (program === 'sed' && !words(command).some((word) => /^-\w*i|^--in-place/.test(word))) return BUILD;
  if (outside.length === known.length) return REPEAT;
  const head = command.words.slice(0, command.words.length - operands.length).map(({ text }) => text);
  return { kind: 'repeat', text: [...head, ...outside].join(' ') };
}

function roleOfMove(command: RunCommand, program: string, paths: readonly string[], project: Project): Role {
  const destination = paths.at(-1);
  const sources = paths.slice(0, -1);
  if (destination === undefined || sources.length === 0) return unclear(`${program} has no destination`);
  if (inRoots(project, destination)) return BUILD;
  const folder = command.args.at(-1)?.text.endsWith('/') === true || SYSTEM_FOLDER.test(destination);
  if (!folder && sources.length === 1) return { kind: 'output', paths: [destination] };
  if (sources.some((source) => /[*?[]/.test(source)))
    return unclear(`which files ${program} brings to ${destination} is not known`);
  return { kind: 'output', paths: sources.map((source) => joinPath(destination, programName(source))) };
}

/** Folders that exist in every image: what is moved to one of these names lands in it. */
const SYSTEM_FOLDER =
  /^\/(?:usr\/(?:local\/)?(?:s?bin|lib|share|libexec|etc)|s?bin|etc|lib|opt|srv|var|home|root)$/;

/** `npm install -g` puts programs beside the image's own, and in a folder that only Node's images have. */
export function installsGlobally(command: RunCommand): boolean {
  const program = command.program === undefined ? '' : programName(command.program);
  const list = words(command);
  return (
    /^(?:npm|pnpm|yarn)$/.test(program) &&
    (list[0] === 'global' || list.some((word) => /^(?:-g|--global)$/.test(word)))
  );
}

/** What a download leaves: `curl -o`, `wget -O`, `tar -C`. */
function roleOfFetch(command: RunCommand, program: string, project: Project, cwd: string): Role {
  const list = words(command);
  const option =
    program === 'curl'
      ? /^(?:-o|--output)$/
      : program === 'wget'
        ? /^(?:-O|-\w*O|--output-document)$/
        : /^(?:-C|--directory|-d)$/;
  const at = list.findIndex((word) => option.test(word));
  const attached = list
    .map((word) => /^(?:--output=|--output-document=|--directory=|-C(?=\/))(.+)$/.exec(word)?.[1])
    .find((value) => value !== undefined);
  const target = attached ?? (at === -1 ? undefined : list[at + 1]);
  const toOutput =
    target === '-' ||
    (program === 'curl' && target === undefined && !list.some((word) => /^-\w*O|^--remote-name/.test(word)));
  if (toOutput)
    return writesOutside(command, project, cwd) ? unclear(`${program} writes outside the project`) : BUILD;
  if (target?.includes('$') === true) return unclear(`the shell decides where ${program} writes`);
  const path = joinPath(cwd, target ?? '.');
  if (inRoots(project, path)) return BUILD;
  if (target === undefined || path === '/') return unclear(`${program} leaves files in ${cwd}`);
  if (program === 'curl' || program === 'wget') return { kind: 'output', paths: [path] };
  if (/^\/(?:usr(?:\/local)?|opt|etc|var)?$/.test(path))
    return unclear(`${program} unpacks into ${path}, among what the image has there`);
  return { kind: 'output', paths: [path] };
}

/** The role of a command that no stack knows. */
export function generalRole(command: RunCommand, project: Project, cwd: string): Role {
  const { program: path } = command;
  if (path === undefined) {
    return command.words.length === 0 && !writesOutside(command, project, cwd)
      ? NOTHING
      : unclear('the shell decides which program runs');
  }
  const program = programName(path);
  const packages = exactPackages(command);
  // `apt-get -f install` completes what dpkg began, and `apt-get install ./x.deb` is no better.
  if (packages?.some(({ text }) => text.includes('/')) === true || packages?.length === 0)
    return unclear('which packages it installs is not known');
  if (packages !== undefined) return { kind: 'packages', packages };
  if (program === 'apt-get' || program === 'apt' || program === 'apk') {
    return words(command).some((word) => word === 'install' || word === 'add') ? { kind: 'whole' } : NOTHING;
  }
  if (/^(?:dnf|yum|microdnf|tdnf|zypper|pacman)$/.test(program))
    return unclear(`packages of ${program} are not split yet`);
  if (program === 'sudo' || program === 'doas') return unclear(`the build uses ${program}`);
  if (program === 'dpkg') return unclear('dpkg installs a package that no repository names');
  if (program === 'tee' || ON_PATHS.test(program)) return roleOnPaths(command, program, project, cwd);
  if (/^(?:curl|wget|tar|unzip)$/.test(program)) return roleOfFetch(command, program, project, cwd);
  if (ACCOUNTS.test(program) || SYSTEM.test(program)) return REPEAT;
  if (TRACELESS.test(program)) return writesOutside(command, project, cwd) ? REPEAT : NOTHING;
  if (program === 'git') return roleOfGit(command, project, cwd);
  if (program === 'make' || program === 'cmake') {
    return words(command).some((word) => /^(?:install|--install)$/.test(word))
      ? unclear(`${program} installs outside the project`)
      : BUILD;
  }
  if (/^(?:gcc|g\+\+|cc|clang|tsc|protoc|patch|xargs|time|timeout)$/.test(program)) return BUILD;
  return unclear(`what ${program} leaves is not known`);
}

function roleOfGit(command: RunCommand, project: Project, cwd: string): Role {
  const list = words(command).filter((word) => !word.startsWith('-'));
  if (list[0] !== 'clone') return BUILD;
  const [, url = '', folder = programName(url).replace(/\.git$/, '')] = list;
  const path = joinPath(cwd, folder);
  return inRoots(project, path) ? BUILD : { kind: 'output', paths: [path] };
}
