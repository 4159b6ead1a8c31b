import { cite, citeSource } from '../../src/core/evidence.js';
import type { TextEdit } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Instruction } from '../../src/formats/dockerfile/document.js';
import { aptInstall, type AptInstall } from '../../src/workload/apt.js';
import { RECOMMENDATIONS, type Recommendation } from '../../src/workload/apt-recommends.js';
import { bringsCertificates, onBuildpackDeps } from '../../src/workload/base-images.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, type ImageBuild } from '../../src/workload/dockerfile.js';

const FLAG = '--no-install-recommends';
const REFERENCE = 'https://docs.docker.com/build/building/best-practices/#apt-get';

const OFF = /Install-Recommends["'\\\s=]*(?:0|false|no)\b/i;

/** True when an instruction before `stop` writes an apt configuration that turns recommends off, or copies one in. */
function turnedOff(build: ImageBuild, stop: Instruction): boolean {
  return build.scope.instructions.some(
    ({ index, argumentText, keyword }) =>
      index < stop.index &&
      /apt\.conf/.test(argumentText) &&
      (keyword === 'COPY' || keyword === 'ADD' || OFF.test(argumentText)),
  );
}

/** What an install loses: recommended packages of which neither the stage nor its base brings a substitute. */
function losses(
  install: AptInstall,
  installed: ReadonlySet<string>,
  build: ImageBuild,
): readonly Recommendation[] {
  const { base } = build;
  return RECOMMENDATIONS.filter(({ package: name, satisfiedBy, add, common }) => {
    if (!install.packages.includes(name) || satisfiedBy.some((other) => installed.has(other))) return false;
    if (base === undefined) return true;
    return (
      !(common === true && onBuildpackDeps(base)) && !(add === 'ca-certificates' && bringsCertificates(base))
    );
  });
}

function sentences(lost: readonly Recommendation[], variable: boolean): string {
  const named = lost.filter(({ add }) => add === undefined).map((entry) => entry.lost);
  const parts = named.length > 0 ? [`without its recommended packages ${named.join('; ')}`] : [];
  if (variable) parts.push('which packages a variable adds is not known');
  return parts.length > 0 ? `; ${parts.join('; ')}` : '';
}

function findingOf(
  document: DockerfileDocument,
  build: ImageBuild,
  installs: readonly AptInstall[],
  installed: Set<string>,
): Finding {
  const edits: TextEdit[] = [];
  const additions: string[] = [];
  const evidence: Evidence[] = [];
  const lost: Recommendation[] = [];
  const missing = (list: readonly Recommendation[]): string[] => [
    ...new Set(list.flatMap(({ add }) => add ?? [])),
  ];
  for (const install of installs) {
    evidence.push(cite(document, install.verb.start));
    edits.push({ start: install.optionsEnd, end: install.optionsEnd, text: ` ${FLAG}` });
    const all = losses(install, installed, build);
    lost.push(...all);
    const packages = missing(all);
    const at = install.lastPackageEnd;
    if (packages.length === 0 || at === undefined) continue;
    edits.push({ start: at, end: at, text: packages.map((name) => ` ${name}`).join('') });
    additions.push(...packages);
    packages.forEach((name) => installed.add(name));
  }
  const { instruction } = installs[0]!.command;
  const variable = installs.some((install) => install.variable);
  const sources = lost.map(({ source, lost: text }) => citeSource(source, `Recommends: without it ${text}`));
  return {
    subject: ['stages', String(instruction.stage)],
    range: { start: installs[0]!.verb.start, end: installs[0]!.verb.end },
    message: `apt installs recommended packages, which the program does not ask for${sentences(lost, variable)}`,
    evidence: [...evidence, ...sources],
    safety: 'unsafe',
    change: additions.length === 0 ? FLAG : `${FLAG}, and ${additions.join(', ')} by name`,
    edits,
  };
}

/** RUN in JSON form has no shell text to edit: the reader adds the flag. */
function inJsonForm(document: DockerfileDocument, instruction: Instruction): Finding[] {
  const words = instruction.keyword === 'RUN' ? (instruction.json ?? []) : [];
  const [program = '', ...args] = words;
  if (!/^(?:.*\/)?apt(?:-get)?$/.test(program) || !args.includes('install') || args.includes(FLAG)) return [];
  return [
    {
      subject: ['stages', String(instruction.stage)],
      range: { start: instruction.start, end: instruction.end },
      message: 'apt installs recommended packages, which the program does not ask for',
      evidence: [cite(document, instruction.start)],
      safety: 'manual',
      reason: 'it is in JSON form: add the flag as a string of its own',
      suggestion: JSON.stringify(words.flatMap((word) => (word === 'install' ? [word, FLAG] : word))),
    },
  ];
}

export const noInstallRecommends: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/no-install-recommends',
    title: 'Install no recommended packages',
    description:
      'apt installs what a package recommends, besides what it depends on: more programs in the image, more to ' +
      'update, more to attack. The flag leaves them out; those that the package does not work without are named.',
    severity: 'low',
    phase: 2,
    mayBreak:
      'A program may rely on a package that was only recommended: build the image and run what uses the packages.',
    touches: ['stages.*.RUN'],
    controls: ['CIS-Docker-4.3'],
    references: [REFERENCE, 'https://www.debian.org/doc/debian-policy/ch-relationships.html'],
  },
  run: (document, context) =>
    document.stages.flatMap((stage) => {
      const build = imageBuild(document, stage, context);
      const all = build.runCommands.flatMap((command) => aptInstall(command) ?? []);
      const open = all.filter(
        ({ command, withoutRecommends }) =>
          !withoutRecommends &&
          command.instruction.stage === stage.index &&
          !turnedOff(build, command.instruction),
      );
      const instructions = [...new Set(open.map(({ command }) => command.instruction))];
      const installed = new Set<string>();
      const fixes = instructions.map((instruction) => {
        for (const { command, packages } of all) {
          if (command.instruction.index <= instruction.index) packages.forEach((name) => installed.add(name));
        }
        const here = open.filter(({ command }) => command.instruction === instruction);
        return findingOf(document, build, here, installed);
      });
      return [...fixes, ...stage.instructions.flatMap((instruction) => inJsonForm(document, instruction))];
    }),
};
