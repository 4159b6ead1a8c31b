import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { ImageCheck, ImageSubject } from '../types.js';
import { onBuildpackDeps } from '../../workload/base-images.js';
import type { ImageBuild } from '../../workload/dockerfile.js';
import { exactPackages, isBuildPackage } from '../../workload/multi-stage/packages.js';
import { programName } from '../../workload/startup.js';
import { stripsSetId } from '../../workload/set-id.js';
import type { Instruction } from '../../formats/dockerfile/document.js';
import { namesVersion } from './versions.js';
import { ABSENT, byFindings, met, undecided, unmet } from '../verdict.js';

/** A check that holds where harden finds nothing of the kind in a Dockerfile. */
function nothingFound(name: string, transforms: readonly string[], says: string): ImageCheck {
  return {
    name,
    of: 'image',
    transforms,
    decide: ({ found }) => byFindings(transforms.flatMap(found), says),
  };
}

export const imageNotRoot: ImageCheck = {
  name: 'user-of-the-image',
  of: 'image',
  transforms: ['dockerfile/run-as-non-root'],
  decide: ({ build: { user, stepsDown } }) => {
    const { value, certainty, evidence } = user;
    if (!value.root) return met(`it runs as ${value.name}`, ...evidence);
    if (certainty === 'unknown') return undecided('which user its base image sets is not known');
    return stepsDown.length > 0
      ? unmet('it starts as root, which its start gives up by itself', ...stepsDown)
      : unmet('it runs as root', ...evidence);
  },
};

/** The HEALTHCHECK in force; undefined for NONE. */
function healthCheckOf({ scope }: ImageBuild): Instruction | undefined {
  const last = scope.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  return last?.words[0]?.text.toUpperCase() === 'NONE' ? undefined : last;
}

/** True where the image has a check: its own, or that of its base image, which NONE turns off. */
export function hasHealthCheck(build: ImageBuild): boolean {
  if (healthCheckOf(build) !== undefined) return true;
  return (
    build.facts?.healthcheck?.brings === true &&
    build.scope.instructions.every(({ keyword }) => keyword !== 'HEALTHCHECK')
  );
}

export const imageHasHealthCheck: ImageCheck = {
  name: 'health-check-of-the-image',
  of: 'image',
  transforms: ['dockerfile/add-healthcheck'],
  decide: ({ document, build }) => {
    const check = healthCheckOf(build);
    if (check !== undefined) return met('it has a HEALTHCHECK', cite(document, check.start));
    return hasHealthCheck(build)
      ? met('its base image brings one')
      : unmet('it has no HEALTHCHECK', cite(document, build.stage.from.start));
  },
};

/** Images that are there to build. */
const BUILDERS =
  /^(?:buildpack-deps|gcc|golang|gradle|haskell|maven|rust|swift|mcr\.microsoft\.com\/dotnet\/sdk)$/;

interface BuildTool {
  readonly says: string;
  readonly evidence: Evidence;
}

/** What only builds need in the image that runs, as far as its base image and its packages tell. */
function buildTool({ document, build }: ImageSubject): BuildTool | undefined {
  const { base, runCommands, stage } = build;
  if (base !== undefined && (onBuildpackDeps(base) || BUILDERS.test(base.repository)))
    return {
      says: `its base image ${stage.image} brings compilers`,
      evidence: cite(document, stage.from.start),
    };
  const removes = runCommands.some(({ program = '', args }) => {
    const verb = args.find(({ text }) => !text.startsWith('-'))?.text ?? '';
    return (
      /^(?:apt|apt-get|apk)$/.test(programName(program)) && /^(?:purge|remove|autoremove|del)$/.test(verb)
    );
  });
  if (removes) return undefined;
  for (const command of runCommands) {
    const found = exactPackages(command)?.find(isBuildPackage);
    if (found !== undefined)
      return {
        says: `it installs ${found.name}, which only builds need`,
        evidence: cite(document, command.offset + command.start),
      };
  }
  return undefined;
}

const LEFTOVERS = [
  'dockerfile/no-install-recommends',
  'dockerfile/clean-package-caches',
  'dockerfile/no-package-cache',
];

export const noUnneededPackages: ImageCheck = {
  name: 'unneeded-packages',
  of: 'image',
  transforms: ['dockerfile/separate-build', ...LEFTOVERS],
  decide: (subject) => {
    const { found } = subject;
    const split = found('dockerfile/separate-build');
    const planned = split.find(({ safety }) => safety === 'safe' || safety === 'unsafe');
    if (planned !== undefined) return unmet(planned.message, ...planned.evidence);
    const tool = buildTool(subject);
    if (tool !== undefined) return unmet(tool.says, tool.evidence);
    const left = byFindings(
      LEFTOVERS.flatMap(found),
      'no tool of the build, recommended package or package cache is found in what runs',
    );
    if (left.kind === 'unmet') return left;
    // It could not be taken apart: what the build left in it was not looked through.
    const open = split.find((finding) => finding.safety === 'manual');
    return open?.safety === 'manual'
      ? undecided(`whether something of the build is left in it is not known: ${open.reason}`)
      : left;
  },
};

const STRIP = 'dockerfile/strip-setuid';
const SUDO = 'dockerfile/remove-sudo';
const WRITABLE = 'dockerfile/report-world-writable';

export const noSetuid: ImageCheck = {
  name: 'setuid-programs',
  of: 'image',
  transforms: [STRIP, SUDO, WRITABLE],
  decide: ({ document, build, found }) => {
    const findings = [STRIP, WRITABLE].flatMap(found);
    const [sudo] = found(SUDO);
    if (sudo !== undefined && findings.every(({ safety }) => safety === 'accepted'))
      return unmet('it brings sudo, which works by its set-user-ID bit', ...sudo.evidence);
    const left = byFindings(findings, '');
    if (left.kind === 'unmet') return left;
    if (build.family === 'windows') return ABSENT;
    const strip = stripsSetId(document, build);
    if (strip !== undefined)
      return met('its set-user-ID and set-group-ID bits are removed', cite(document, strip.start));
    const from = cite(document, build.stage.from.start);
    const { value, evidence } = build.setuidHelpers;
    if (value.length > 0) return unmet(`it has ${value.join(', ')}`, ...evidence);
    if (build.scratch || build.family === 'distroless')
      return met('its base image brings no set-user-ID program', from);
    return build.family === undefined || (build.baseImage === undefined && build.facts === undefined)
      ? undecided('which set-user-ID programs its base image brings is not known')
      : unmet('the set-user-ID programs of its base image stay', from);
  },
};

export const copiesOnly = nothingFound(
  'copy-not-add',
  ['dockerfile/copy-instead-of-add'],
  'nothing is added that COPY would bring',
);

export const noSecretsInImage = nothingFound(
  'secrets-in-the-image',
  ['dockerfile/report-secrets', 'dockerfile/mount-build-secrets', 'dockerfile/complete-dockerignore'],
  'no secret is found in it',
);

export const noSshServer = nothingFound(
  'ssh-server',
  ['dockerfile/report-ssh-server'],
  'no SSH server is installed',
);

export const baseVersioned: ImageCheck = {
  name: 'base-image-version',
  of: 'image',
  transforms: ['dockerfile/pin-image'],
  decide: ({ document, build, found }) => {
    const left = byFindings(found('dockerfile/pin-image'), 'its base images name a version');
    if (left.kind === 'unmet') return left;
    const { base, scratch, scope } = build;
    const from = cite(document, scope.root.from.start);
    if (scratch) return met('it has no base image', from);
    if (base === undefined)
      return undecided(`which image ${scope.root.image} stands for is not in the repository`);
    return namesVersion(base)
      ? met('its base images name a version', from)
      : unmet(`${base.tag ?? base.repository} names no version`, from);
  },
};
