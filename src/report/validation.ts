import type { Format } from '../core/types.js';
import type { Survey, SurveyedFile } from '../survey.js';
import { sidecarPath } from '../sidecar.js';
import { folderOf } from '../workload/compose/project.js';
import { baseName } from '../workload/unit/scripts.js';
import { blocks, fence } from './markdown.js';

/** Commands that show that the hardened files work, for the formats that are there. */
export function validationSteps({ files }: Survey): string {
  const changed = files.filter(({ original, after }) => after[2] !== original.text);
  if (changed.length === 0) return 'Nothing is changed in phase 2, so that there is nothing to validate.';
  const of = (format: Format): readonly SurveyedFile[] => changed.filter((file) => file.format === format);
  const variant = ({ path, format }: SurveyedFile): string => shellWord(sidecarPath(path, format));
  const [dockerfile] = of('dockerfile');
  const [compose] = of('compose');
  const [unit] = of('systemd');
  const steps = [
    step('All of it: builds and starts both variants where an engine is there, and says what works no more', [
      'harden --write',
      'harden verify',
    ]),
    dockerfile === undefined
      ? undefined
      : step('The image builds, and its program is not root', [
          `docker build --file ${variant(dockerfile)} --tag hardened ${shellWord(folderOf(dockerfile.path))}`,
          "docker image inspect --format '{{.Config.User}}' hardened",
        ]),
    compose === undefined
      ? undefined
      : step('The project is valid, starts and is healthy; nothing is denied', [
          `docker compose --file ${variant(compose)} config --quiet`,
          `docker compose --file ${variant(compose)} up --detach --build --wait`,
          `docker compose --file ${variant(compose)} ps`,
          `docker compose --file ${variant(compose)} logs | grep -iE 'permission denied|not permitted|read-only file system'`,
        ]),
    unit === undefined
      ? undefined
      : step('The unit is valid, and how exposed it is; systemd reads a file by its unit name', [
          `cp ${variant(unit)} ${asUnit(unit)}`,
          `systemd-analyze verify ${asUnit(unit)}`,
          `systemd-analyze security --offline=true ${asUnit(unit)}`,
        ]),
  ];
  return blocks(...steps);
}

function step(what: string, commands: readonly string[]): string {
  return blocks(`${what}:`, fence(commands.join('\n'), 'sh'));
}

/** Where a unit's variant can be looked at under its own name. */
function asUnit({ path }: SurveyedFile): string {
  return shellWord(`/tmp/${baseName(path)}`);
}

/** A path as one word of a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
