import { CONTAINER_TRANSFORM, FOLDER } from '../apparmor-profiles.js';
import { WATCH } from '../apparmor/profile.js';
import type { SurveyedFile } from '../survey.js';
import { folderOf, join } from '../workload/compose/project.js';
import { composeCommand, shellWord, variantOf } from './commands.js';
import type { ReportFinding } from './findings.js';
import { isFirst } from './groups.js';
import { blocks, code, fence, list } from './markdown.js';

/** A profile that a Compose file names, where it is written, and where the host has it. */
interface Profile {
  readonly name: string;
  readonly path: string;
  readonly source: string;
  readonly target: string;
}

/** The profiles that the changes of Compose files name. */
export function profilesOf(applied: readonly ReportFinding[]): readonly Profile[] {
  return applied.flatMap(({ meta, path, change }) => {
    const name = meta.id === CONTAINER_TRANSFORM ? /^apparmor=(\S+)$/.exec(change ?? '')?.[1] : undefined;
    if (name === undefined) return [];
    const source = shellWord(join(folderOf(path), `${FOLDER}/${name}`));
    return [{ name, path, source, target: `/etc/apparmor.d/${name}` }];
  });
}

/** Puts them on a host and loads them. */
export function loadCommands(profiles: readonly Profile[]): readonly string[] {
  if (profiles.length === 0) return [];
  const targets = profiles.map(({ target }) => target).join(' ');
  return [
    ...profiles.map(({ source, target }) => `sudo install -m 644 ${source} ${target}`),
    `sudo apparmor_parser --replace ${targets}`,
  ];
}

/**
 * How the AppArmor profiles of containers are loaded, watched, enforced and taken back; undefined where none gets one.
 * https://docs.docker.com/engine/security/apparmor/
 */
export function containerApparmorSection(
  applied: readonly ReportFinding[],
  files: readonly SurveyedFile[],
): string | undefined {
  const profiles = profilesOf(applied);
  const [first] = profiles;
  if (first === undefined) return undefined;
  const targets = profiles.map(({ target }) => target).join(' ');
  const load = loadCommands(profiles);
  const paths = profiles.map(({ path }) => path).filter(isFirst);
  const starts = paths.flatMap((path) => {
    const file = files.find((one) => one.path === path);
    return file === undefined ? [] : [`${composeCommand(file, files, variantOf)} up --detach`];
  });
  return blocks(
    '### AppArmor profiles of containers',
    `${paths.map((path) => code(path)).join(', ')}: an engine whose host has AppArmor (\`aa-enabled\`) refuses to start a container whose profile is not loaded. So load the profiles on each host, before the services start; a profile in \`/etc/apparmor.d\` is loaded again at each boot. An engine without AppArmor, or without root, does not look at them.`,
    fence(
      [
        ...load,
        ...starts,
        `docker ps --quiet | xargs docker inspect --format '{{.Name}} {{.AppArmorProfile}}'   # ${first.name}`,
      ].join('\n'),
      'sh',
    ),
    'A host has each name once: of two projects whose Compose files have the same path in their repositories, each needs a `name:` of its own at the top.',
    "harden's own tests have no engine on a kernel with AppArmor: try the profiles on one host first. In complain mode nothing is refused but what the lines `deny` name, and not logged: what docker-default refuses too, and tracing. For a week, and through a restart, a backup and an update, watch what would be refused (`ALLOWED`), and which programs start (`AUDIT`): once it is enforced, those that are not in the profile won't, but for the first one of a `docker exec`.",
    fence(
      `sudo journalctl --dmesg --grep 'apparmor="(ALLOWED|DENIED|AUDIT)".*profile="harden-compose'`,
      'sh',
    ),
    `A rule of one host goes into ${code(`/etc/apparmor.d/local/${first.name}`)}, which the profile reads. Better is to record again (\`harden learn\`): harden then writes the profile anew.`,
    'When the log is silent, enforce, which holds for running containers at once:',
    fence(
      [
        `sudo sed --in-place --expression 's/flags=(complain,/flags=(/' --expression '/${WATCH}$/d' ${targets}`,
        load.at(-1),
        'sudo aa-status   # the processes that are in enforce mode',
      ].join('\n'),
      'sh',
    ),
    'The way back:',
    list([
      `to complain mode: ${code(load.join(' && '))}`,
      `to docker-default: take ${code('profiles: loaded')} out of harden.config.yml, write the files anew and start the services from them; only then ${code(`sudo apparmor_parser --remove ${targets} && sudo rm ${targets}`)}, or they do not start again`,
    ]),
  );
}
