import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { stageScope } from '../../formats/dockerfile/scope.js';
import { runCommandsOf, type RunCommand } from '../../workload/image-needs.js';
import { downloadsOf } from '../../workload/downloads.js';
import { programName } from '../../workload/startup.js';
import { withoutSudo } from '../../workload/sudo-words.js';
import type { ImageCheck, ImageSubject } from '../types.js';
import { stagesOf } from './stages.js';
import { byFindings, met, undecided, unmet } from '../verdict.js';

const FOUND = ['dockerfile/report-piped-installers', 'dockerfile/install-from-lockfile'];

/** Options by which a package manager takes what nobody signed, or from whoever answers. */
const UNCHECKED: readonly (readonly [tools: RegExp, option: RegExp])[] = [
  [
    /^(?:apt|apt-get|aptitude)$/,
    /^--(?:allow-unauthenticated|force-yes)$|AllowUnauthenticated=(?:true|1|yes)/i,
  ],
  [/^apk$/, /^--allow-untrusted$/],
  [/^(?:yum|dnf|microdnf|tdnf)$/, /^--no-?gpg-?checks?$|gpgcheck=(?:0|false)/],
  [/^zypper$/, /^--(?:no-gpg-checks|gpg-auto-import-keys)$/],
  [/^(?:python[\d.]*|pip[\d.]*|uv)$/, /^--(?:trusted-host|allow-insecure-host)(?:=|$)/],
];

function takesUnchecked(command: RunCommand): boolean {
  const { program = '', args } = withoutSudo(command);
  const name = programName(program);
  return UNCHECKED.some(
    ([tools, option]) => tools.test(name) && args.some(({ text, value }) => option.test(value ?? text)),
  );
}

/** An ADD from another machine, whose sum nobody checks. */
function addsUnchecked({ document, build }: ImageSubject): Evidence | undefined {
  const add = build.scope.instructions.find(
    ({ keyword, words, json, flags }) =>
      keyword === 'ADD' &&
      flags.every(({ name }) => name !== 'checksum') &&
      (json ?? words.map(({ text }) => text)).slice(0, -1).some((text) => /^(?:https?|ftp):\/\//i.test(text)),
  );
  return add === undefined ? undefined : cite(document, add.start);
}

export const verifiedPackages: ImageCheck = {
  name: 'verified-packages',
  of: 'image',
  transforms: FOUND,
  decide: (subject) => {
    const { document, build, found } = subject;
    const left = byFindings(FOUND.flatMap(found), '');
    if (left.kind === 'unmet') return left;
    const stages = [...stagesOf(document, build.stage)].map((stage) => ({
      stage,
      runCommands: runCommandsOf(document, stageScope(document, stage)),
    }));
    const unchecked = stages.flatMap(({ runCommands }) => runCommands).find(takesUnchecked);
    if (unchecked !== undefined)
      return unmet(
        'it installs packages whose signatures are not checked',
        cite(document, unchecked.offset + unchecked.start),
      );
    const added = addsUnchecked(subject);
    if (added !== undefined) return unmet('ADD fetches what nothing checks', added);
    const open = stages.flatMap((stage) => downloadsOf(document, stage)).find(({ unchecked: kept }) => kept);
    return open === undefined
      ? met('nothing is fetched without a check, and dependencies come from lock files where there are any')
      : undecided(
          `line ${document.lines.lineOf(open.command.offset + open.command.start)} fetches ${open.url}, which nothing checks in the same RUN`,
        );
  },
};
