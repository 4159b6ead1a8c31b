import type { UnitDocument } from '../formats/systemd/document.js';
import { sidecarPath } from '../sidecar.js';
import { PHASES, type SurveyedFile } from '../survey.js';
import { folderOf } from '../workload/compose/project.js';
import { managerOf } from '../workload/unit/identity.js';
import { baseName } from '../workload/unit/scripts.js';

/** A path as one word of a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function originalOf({ path }: SurveyedFile): string {
  return shellWord(path);
}

/** Where its hardened variant stands; the file itself where no phase changes it. */
export function variantOf({ path, format, original, after }: SurveyedFile): string {
  const changes = PHASES.some((phase) => after[phase] !== original.text);
  return shellWord(changes ? sidecarPath(path, format) : path);
}

/** True for a Compose file that can be started: one that only adds to another declares nothing itself. */
export function isProject({ format, containers }: SurveyedFile): boolean {
  return format === 'compose' && containers.length > 0;
}

/**
 * `docker compose` with the files of a project: an override file, which Compose finds by itself, has to be named where
 * another is. https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/
 */
export function composeCommand(
  file: SurveyedFile,
  all: readonly SurveyedFile[],
  name: (file: SurveyedFile) => string,
): string {
  const override = all.find(
    ({ path, format }) =>
      format === 'compose' &&
      folderOf(path) === folderOf(file.path) &&
      /^(?:docker-)?compose\.override\.ya?ml$/.test(baseName(path)),
  );
  const isBase = /^(?:docker-)?compose\.ya?ml$/.test(baseName(file.path));
  const files = override === undefined || !isBase ? [file] : [file, override];
  return `docker compose ${files.map((one) => `--file ${name(one)}`).join(' ')}`;
}

/** The command that builds a hardened Dockerfile; `CONTEXT` where the files leave its build context in doubt. */
export function buildCommand(file: SurveyedFile, tag?: string): string {
  const context = file.image?.buildContext;
  const named = tag === undefined ? '' : ` --tag ${tag}`;
  return `docker build --file ${variantOf(file)}${named} ${context === undefined ? 'CONTEXT' : shellWord(context)}`;
}

/** True for a unit that a user's own manager runs. */
export function isUsers({ original }: SurveyedFile): boolean {
  return managerOf(original as UnitDocument).value === 'user';
}

/** The commands that put units in place and start them: a user's own by their own manager. */
export function unitCommands(
  units: readonly SurveyedFile[],
  source: (file: SurveyedFile) => string,
): readonly string[] {
  const commands = (those: readonly SurveyedFile[], users: boolean): readonly string[] => {
    if (those.length === 0) return [];
    const root = users ? '' : 'sudo ';
    const manager = users ? '--user ' : '';
    return [
      ...those.map(
        (file) =>
          `${root}install -D -m 644 ${source(file)} ${folderFor(file, users)}/${shellWord(baseName(file.path))}`,
      ),
      `${root}systemctl ${manager}daemon-reload`,
      ...those.map((file) => `${root}systemctl ${manager}restart ${shellWord(serviceOf(file))}`),
    ];
  };
  return [
    ...commands(
      units.filter((file) => !isUsers(file)),
      false,
    ),
    ...commands(units.filter(isUsers), true),
  ];
}

/** https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html#podman-unit-search-path */
function folderFor({ format }: SurveyedFile, users: boolean): string {
  const [system, own] =
    format === 'quadlet' ? ['containers/systemd', 'containers/systemd'] : ['systemd/system', 'systemd/user'];
  return users ? `~/.config/${own}` : `/etc/${system}`;
}

/** Quadlet makes `web.service` of `web.container`. */
function serviceOf({ path, format }: SurveyedFile): string {
  const name = baseName(path);
  return format === 'quadlet' ? name.replace(/\.container$/, '.service') : name;
}
