import { FOLDER, TRANSFORM } from '../apparmor-profiles.js';
import { profileName } from '../apparmor/unit.js';
import { folderOf, join } from '../workload/compose/project.js';
import { baseName } from '../workload/unit/scripts.js';
import { shellWord } from './commands.js';
import type { ReportFinding } from './findings.js';
import { isFirst } from './groups.js';
import { blocks, code, fence, list } from './markdown.js';

/**
 * How the AppArmor profiles of units are loaded, watched, enforced and taken back; undefined where no unit gets one.
 * https://manpages.debian.org/bookworm/apparmor/apparmor_parser.8.en.html
 * https://manpages.debian.org/bookworm/apparmor-utils/aa-logprof.8.en.html
 */
export function apparmorSection(applied: readonly ReportFinding[]): string | undefined {
  const units = applied
    .filter(({ meta }) => meta.id === TRANSFORM)
    .map(({ path }) => path)
    .filter(isFirst);
  const [first] = units;
  if (first === undefined) return undefined;
  const files = units.map((path) => ({
    unit: shellWord(baseName(path)),
    source: shellWord(join(folderOf(path), `${FOLDER}/${profileName(baseName(path))}`)),
    target: `/etc/apparmor.d/${profileName(baseName(path))}`,
  }));
  const targets = files.map(({ target }) => target).join(' ');
  const services = files.map(({ unit }) => unit).join(' ');
  return blocks(
    '### AppArmor profiles',
    `${units.map((path) => code(path)).join(', ')}: a host needs \`aa-enabled\` to say yes, and the profile before the unit starts; without it the unit starts unconfined. Load, and start anew:`,
    fence(
      [
        ...files.map(({ source, target }) => `sudo install -m 644 ${source} ${target}`),
        `sudo apparmor_parser --replace ${targets}`,
        `sudo systemctl restart ${services}`,
        `cat /proc/$(systemctl show --property=MainPID --value ${files[0]!.unit})/attr/current   # harden... (complain)`,
      ].join('\n'),
      'sh',
    ),
    'In complain mode nothing is refused, the lines `audit deny` included. For a week, and through a log rotation, a reload, a backup and a restart, watch what would be refused (`ALLOWED`):',
    fence(
      [
        `sudo journalctl --dmesg --grep 'apparmor="(ALLOWED|DENIED)".*profile="harden\\.'`,
        'sudo aa-logprof   # of the package apparmor-utils: turns what is right into rules',
      ].join('\n'),
      'sh',
    ),
    `A rule of one host goes into ${code(`/etc/apparmor.d/local/${profileName(baseName(first))}`)}, which the profile reads. Better is to record again: \`harden learn\` takes the log, and harden writes the profile anew.`,
    'When the log is silent, enforce:',
    fence(
      [
        `sudo sed --in-place 's/flags=(complain,/flags=(/' ${targets}`,
        `sudo apparmor_parser --replace ${targets}`,
        `sudo systemctl restart ${services}`,
      ].join('\n'),
      'sh',
    ),
    'The way back:',
    list([
      `to complain mode: ${code(`sudo apparmor_parser --replace --Complain ${targets}`)}, which holds for running processes at once`,
      `to no profile: ${code(`sudo apparmor_parser --remove ${targets} && sudo rm ${targets} && sudo systemctl restart ${services}`)}`,
    ]),
  );
}
