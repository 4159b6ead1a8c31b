import type { Format } from '../core/types.js';
import type { Survey, SurveyedFile } from '../survey.js';
import { baseName } from '../workload/unit/scripts.js';
import { buildCommand, composeCommand, isProject, isUsers, shellWord, variantOf } from './commands.js';
import { blocks, fence } from './markdown.js';
import { counted } from './words.js';

/** So many files of a format show how it goes. */
const MOST_FILES = 3;

/** Commands that show that the hardened files work, for the formats that are there. */
export function validationSteps({ files }: Survey): string {
  const changed = files.filter(({ original, after }) => after[2] !== original.text);
  if (changed.length === 0) return 'Nothing is changed in phase 2, so that there is nothing to validate.';
  const step = (
    format: Format,
    what: string,
    commands: (file: SurveyedFile, at: number) => readonly string[],
  ): string | undefined => {
    const those = changed.filter(
      (file) => file.format === format && (format !== 'compose' || isProject(file)),
    );
    if (those.length === 0) return undefined;
    const more = those.length - MOST_FILES;
    return stepOf(
      more > 0 ? `${what} (and so for ${counted(more, 'more file')})` : what,
      those.slice(0, MOST_FILES).flatMap(commands),
    );
  };
  return blocks(
    stepOf(
      'All of it: builds and starts both variants where an engine is there, and says what works no more',
      ['harden --write', 'harden verify'],
    ),
    step(
      'dockerfile',
      'Images build; their programs are not root, unless an entrypoint gives root up by itself; their files have the right owner',
      imageCommands,
    ),
    step(
      'compose',
      'Projects are valid, start and are healthy; nothing is denied; the settings are in force',
      (file) => projectCommands(composeCommand(file, files, variantOf)),
    ),
    step(
      'systemd',
      'Units are valid, and how exposed they are; systemd reads a file by its unit name',
      unitCheck,
    ),
    step('fly', 'The configuration of Fly is valid', (file) => [
      `fly config validate --config ${variantOf(file)}`,
    ]),
  );
}

function stepOf(what: string, commands: readonly string[]): string {
  return blocks(`${what}:`, fence(commands.join('\n'), 'sh'));
}

function imageCommands(file: SurveyedFile, at: number): readonly string[] {
  const tag = at === 0 ? 'hardened' : `hardened-${at + 1}`;
  const workdir = file.image?.workdir;
  return [
    buildCommand(file, tag),
    `docker image inspect --format 'user={{.Config.User}} health={{.Config.Healthcheck}}' ${tag}`,
    `docker run --rm --entrypoint id ${tag}`,
    ...(workdir?.startsWith('/') === true
      ? [`docker run --rm --entrypoint ls ${tag} -ln ${shellWord(workdir)}`]
      : []),
  ];
}

const IN_FORCE =
  '{{.Name}} user={{.Config.User}} read-only={{.HostConfig.ReadonlyRootfs}} drop={{.HostConfig.CapDrop}} add={{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}}';

function projectCommands(compose: string): readonly string[] {
  return [
    `${compose} config --quiet`,
    `${compose} up --detach --build --wait`,
    `${compose} ps`,
    `${compose} logs | grep -iE 'permission denied|not permitted|read-only file system'`,
    `${compose} ps --quiet | xargs docker inspect --format '${IN_FORCE}'`,
  ];
}

function unitCheck(file: SurveyedFile): readonly string[] {
  const unit = shellWord(`/tmp/${baseName(file.path)}`);
  const manager = isUsers(file) ? '--user ' : '';
  return [
    `cp ${variantOf(file)} ${unit}`,
    `systemd-analyze ${manager}verify ${unit}`,
    `systemd-analyze ${manager}security --offline=true ${unit}`,
  ];
}
