import type { Format } from '../core/types.js';
import type { Project } from './project.js';

/** Where an editor finds the schema of a config, when harden is installed beside it. */
const SCHEMA = './node_modules/harden/src/config/config.schema.json';

/** A transform of each format that projects have opinions on. */
const EXAMPLES: Readonly<Record<Format, string>> = {
  dockerfile: 'dockerfile/add-healthcheck',
  compose: 'compose/limit-memory',
  systemd: 'systemd/restrict-addresses',
  quadlet: 'quadlet/limit-pids',
  fly: 'fly/add-checks',
  render: 'render/expire-previews',
};

/**
 * A config for a project, with what it may say in comments, about the project's own files.
 * @param day a day some months from now, as `2027-05-31`.
 */
export function configText({ files, counts, service, ignored }: Project, day: string): string {
  const [file] = files;
  const path = service?.file ?? file?.path ?? 'deploy/compose.yml';
  const found = counts.map(([format, count]) => `${count} ${format}`).join(', ');
  const example = EXAMPLES[file?.format ?? 'compose'];
  const hasUnits = counts.some(([format]) => format === 'systemd' || format === 'quadlet');
  const hasImages = counts.some(([format]) => format !== 'systemd');
  const quotedPath = JSON.stringify(path);
  return [
    '# What this project says to harden. Where harden is installed here, editors know each key by this line:',
    `# yaml-language-server: $schema=${SCHEMA}`,
    ...(found === ''
      ? []
      : ['#', `# Found: ${found}. 'harden' previews the changes, 'harden explain ID' tells why.`]),
    '',
    '# How far to go: 1 what is immediate, 2 what needs testing too, 3 advanced changes as well. Without it the preview shows 2,',
    '# while harden --in-place and harden pr make 1.',
    '# phase: 1',
    ...(hasUnits
      ? [
          '',
          '# The oldest systemd that the units meet, where that is older than the current Debian.',
          '# systemd-version: 252',
        ]
      : []),
    ...(hasImages
      ? ['', '# Pin images to the digest of their tag, which harden.lock keeps.', '# pin-digests: true']
      : []),
    '',
    "# Transforms for the whole project: off, another phase, or options. 'harden list' shows them all.",
    '# transforms:',
    `#   ${example}: off`,
    ...ignored
      .map(({ id, file: other, rule }) => `#   ${id}: off # ${other} ignores ${rule}`)
      .filter((line) => !line.startsWith(`#   ${example}:`)),
    '',
    "# What harden can't see in the files.",
    '# overrides:',
    `#   - file: ${quotedPath}`,
    ...(service === undefined ? [] : [`#     service: ${JSON.stringify(service.name)}`]),
    '#     writable: [/var/cache/app]',
    '#     reason: it keeps its cache there',
    '',
    '# Findings that somebody answers for, until a day.',
    '# accept:',
    `#   - transform: ${example}`,
    `#     file: ${JSON.stringify(file?.path ?? path)}`,
    '#     reason: it is replaced this year',
    `#     expires: "${day}"`,
    '',
    '# Transforms of your own: a path that begins with ./, or a package.',
    '# plugins: [./hardening/plugin.js]',
    '',
  ].join('\n');
}
