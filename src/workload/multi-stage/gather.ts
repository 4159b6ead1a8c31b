import type { DockerfileDocument, Instruction } from '../../formats/dockerfile/document.js';
import { joinPath, workdirAt } from '../../formats/dockerfile/scope.js';
import { runScripts } from '../../formats/dockerfile/shell-text.js';
import { parseShell, plainCommands } from '../../formats/shell.js';
import { copySources } from '../copied-files.js';
import type { RunCommand } from '../image-needs.js';
import { isWithin } from '../model.js';
import { programName } from '../startup.js';
import { unclear, type Package, type Project, type Role, type Stack } from './model.js';
import { isBuildPackage } from './packages.js';
import { removedPaths } from './project.js';
import { generalRole, installerPrograms, installsGlobally, words } from './roles.js';

/** What the author's instructions leave for the runtime stage. */
export interface Gathered {
  /** Instructions that configure the system, before the project is copied. */
  readonly system: { readonly text: string; readonly keyword: string; readonly user: string | undefined }[];
  readonly packages: Package[];
  readonly outputs: string[];
  /** Instructions that say how the program starts. */
  readonly start: string[];
}

const START = /^(?:EXPOSE|VOLUME|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/;
const SETTINGS = /^(?:ARG|ENV|LABEL|SHELL|MAINTAINER)$/;

/** The text of an instruction, with `\\n` for its line ends. */
export function textOf(document: DockerfileDocument, { start, end }: Instruction): string {
  return document.text.slice(start, end).replaceAll('\r\n', '\n');
}

/** An instruction of which it can't be told what it leaves. */
export interface Unclear {
  readonly reason: string;
  readonly instruction: Instruction;
}

/** Goes through the author's instructions in their order. */
export function gather(project: Project, stack: Stack): Gathered | Unclear {
  const { document, stage } = project;
  const gathered: Gathered = { system: [], packages: [], outputs: [], start: [] };
  const removed = removedPaths(project.build);
  let user: string | undefined;
  for (const instruction of stage.instructions) {
    const { keyword } = instruction;
    const text = textOf(document, instruction);
    if (keyword === 'USER') user = instruction.argumentText;
    else if (SETTINGS.test(keyword)) gathered.system.push({ text, keyword, user: undefined });
    else if (START.test(keyword)) gathered.start.push(text);
    else if (keyword === 'COPY' || keyword === 'ADD') {
      const destination = copySources(document, stage, instruction)?.destination;
      if (destination === undefined) return { reason: 'where a COPY leads is not known', instruction };
      const folder = destination.replace(/(.)\/+$/, '$1');
      if (project.roots.some((root) => isWithin(folder, root))) continue;
      // What only the build uses: nothing that runs looks for a file there.
      if (isWithin(folder, '/tmp') || removed.has(folder)) continue;
      if (folder === '/') return { reason: 'it copies into the root of the image', instruction };
      if (copiesUnusedTool(project, instruction)) continue;
      gathered.system.push({ text, keyword, user });
    } else if (keyword === 'RUN') {
      const reason = gatherRun(project, stack, instruction, user, gathered);
      if (reason !== undefined) return { reason, instruction };
    }
  }
  return gathered;
}

/** `COPY --from=ghcr.io/astral-sh/uv /uv /bin/`: a tool of the build, unless what starts is one of its programs. */
function copiesUnusedTool(project: Project, instruction: Instruction): boolean {
  const copy = copySources(project.document, project.stage, instruction);
  if (copy?.from === undefined) return false;
  const names = copy.sources.map((source) => (source === undefined ? '' : programName(source)));
  return names.every(
    (name) => /^(?:uv|uvx|composer|pnpm|bun|bunx)$/.test(name) && !project.starts.includes(name),
  );
}

/** Sorts the commands of a RUN; returns why it can't be told what they leave. */
function gatherRun(
  project: Project,
  stack: Stack,
  run: Instruction,
  user: string | undefined,
  gathered: Gathered,
): string | undefined {
  const { document, stage } = project;
  if (run.json !== undefined) return 'a RUN is in JSON form';
  const [script, ...others] = runScripts(document, run);
  if (script === undefined || others.length > 0) return 'a heredoc of it is no shell script';
  const parsed = parseShell(script.text);
  if (!parsed.complete) return 'a RUN could not be read as shell';
  const located = (command: (typeof parsed.commands)[number]): RunCommand => ({
    ...command,
    offset: script.offset,
    instruction: run,
  });
  const plain = plainCommands(parsed);
  const commands = (plain ?? parsed.commands).map(located);
  let cwd = workdirAt(document, stage, run) ?? '/';
  const roles: Role[] = [];
  for (const command of commands) {
    const role =
      installerRole(command, script.text, project) ??
      (installsGlobally(command) && stack.followsGlobal !== true
        ? unclear('programs that are installed globally for Node are not followed')
        : undefined) ??
      stack.role(command, project, cwd) ??
      generalRole(command, project, cwd);
    if (role.kind === 'unclear') return role.reason;
    roles.push(role);
    if (command.program === 'cd') cwd = joinPath(cwd, words(command)[0] ?? '/');
  }
  const packages = roles.flatMap((role) => (role.kind === 'packages' ? role.packages : []));
  gathered.outputs.push(...roles.flatMap((role) => (role.kind === 'output' ? role.paths : [])));
  const acts = roles.some(({ kind }) => kind === 'repeat' || kind === 'whole') || packages.length > 0;
  // After `;` the next command runs although one failed: `adduser x; exit 0`.
  const strict = script.text.trimStart().startsWith('set -e') || !/;/.test(script.text);
  if (acts && (plain === undefined || !strict || roles.some(({ kind }) => kind === 'whole'))) {
    const builds = roles.some(({ kind }) => kind === 'build' || kind === 'output');
    if (builds || packages.some(isBuildPackage)) {
      return 'a RUN mixes what only the build needs with the rest, under conditions or by variables';
    }
    gathered.system.push({ text: textOf(document, run), keyword: 'RUN', user });
    return undefined;
  }
  gathered.packages.push(...packages);
  const repeated = roles.flatMap((role, index) => {
    const command = commands[index]!;
    // A copied file keeps its mode and its owner.
    if (role.kind !== 'repeat' || isAboutOutputs(command, gathered.outputs)) return [];
    const { offset, start, end } = command;
    return role.text ?? document.text.slice(offset + start, offset + end).replaceAll('\r\n', '\n');
  });
  const own = [...script.text.matchAll(/(?:^|[\s;&])([A-Za-z_]\w*)=/g)].map(([, name = '']) => name);
  if (repeated.some((text) => own.some((name) => new RegExp(`\\$\\{?${name}\\b`).test(text)))) {
    return 'a RUN uses a variable that it sets itself';
  }
  if (repeated.some((text) => /\/etc\/apt|\/etc\/apk/.test(text))) {
    return 'it sets up a package source of its own';
  }
  if (repeated.length > 0) {
    gathered.system.push({ text: `RUN ${repeated.join(' \\\n    && ')}`, keyword: 'RUN', user });
  }
  return undefined;
}

/** True for a change of mode or owner of what is copied from the build stage. */
function isAboutOutputs(command: RunCommand, outputs: readonly string[]): boolean {
  const paths = words(command).filter((word) => word.startsWith('/'));
  return (
    /^(?:chmod|chown|chgrp)$/.test(programName(command.program ?? '')) &&
    paths.length > 0 &&
    paths.every((path) => outputs.some((output) => isWithin(path, output)))
  );
}

/** `curl … | sh`: known installers bring tools into the home of who builds; others may leave anything anywhere. */
function installerRole(command: RunCommand, script: string, project: Project): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  const files = command.args.filter(({ text }) => !text.startsWith('-') && !text.startsWith('+'));
  if (!/^(?:ba|da|a)?sh$/.test(program)) return undefined;
  const url = /https?:\/\/[^\s'"|;&)]+/.exec(script)?.[0];
  const piped = /\|\s*(?:[A-Z_]+=\S+\s+)*(?:\/bin\/)?(?:ba|da|a)?sh\b/.test(script);
  const programs = url === undefined ? undefined : installerPrograms(url);
  if (piped && programs !== undefined) {
    const used = programs.find((name) => project.starts.includes(name));
    return used === undefined
      ? { kind: 'build' }
      : { kind: 'unclear', reason: `${used}, which starts, comes from an installer` };
  }
  const what = piped ? 'an installer from the network' : (files[0]?.text ?? 'a shell');
  return { kind: 'unclear', reason: `what ${what} leaves is not known` };
}
