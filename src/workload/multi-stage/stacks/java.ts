import { cite, citeSource } from '../../../core/evidence.js';
import { joinPath } from '../../../formats/dockerfile/scope.js';
import type { RunCommand } from '../../image-needs.js';
import { programName } from '../../startup.js';
import { dataEntries, startedProgram } from '../binary.js';
import {
  BUILD,
  UNLINKED,
  type Project,
  type Role,
  type Stack,
  type StackOutcome,
  type StageCopy,
} from '../model.js';
import { splitImage } from '../runtime-image.js';

const IMAGE = 'https://hub.docker.com/_/eclipse-temurin';

function role(command: RunCommand): Role | undefined {
  const program = command.program === undefined ? '' : programName(command.program);
  return /^(?:mvn|mvnw|gradle|gradlew|java|javac|jar|kotlinc|sbt|npm|yarn|node)$/.test(program)
    ? BUILD
    : undefined;
}

/** The version that an image's tag names: `17-jdk-alpine`, `3.9-eclipse-temurin-17`, `8.5-jdk17`. */
function versionOf(image: string): string | undefined {
  const { repository, tag = '' } = splitImage(image) ?? { repository: '' };
  return repository === 'maven' || repository === 'gradle'
    ? /(?:temurin-|jdk-?|openjdk-)(\d+)/.exec(tag)?.[1]
    : /^(\d+)(?:[.\-_u]|$)/.exec(tag)?.[1];
}

/** The image that runs the same version. */
function runtimeImage(image: string): string | undefined {
  const version = versionOf(image);
  if (version === undefined || Number(version) < 8) return undefined;
  const suffix = /(-alpine|-noble|-jammy|-focal|-ubi\d+[\w-]*)/.exec(splitImage(image)?.tag ?? '')?.[1] ?? '';
  return `eclipse-temurin:${version}-jre${suffix}`;
}

/** Plugins that put all dependencies into one archive. */
const FAT =
  /spring-boot-maven-plugin|maven-shade-plugin|maven-assembly-plugin|org\.springframework\.boot|com\.(?:github\.johnrengelman|gradleup)\.shadow|ktor\b.*plugin/;

/** True when one archive is all that runs: the build packs the dependencies in it, or there are none. */
function isWhole(project: Project): boolean {
  const names = ['pom.xml', 'build.gradle', 'build.gradle.kts'];
  const texts = project.roots.flatMap((root) =>
    names.flatMap((name) => project.read(joinPath(root, name)) ?? []),
  );
  if (texts.length === 0) return false;
  const dependencies = texts.some((text) =>
    /<dependency>|^\s*(?:implementation|api|runtimeOnly|compile)\b/m.test(text),
  );
  return texts.some((text) => FAT.test(text)) || !dependencies;
}

function plan(project: Project): StackOutcome {
  const { document, stage, workdir } = project;
  const image = runtimeImage(stage.image);
  if (image === undefined) return { ok: false, reason: `which Java ${stage.image} has is not known` };
  const started = startedProgram(project);
  if (started === undefined) return { ok: false, reason: 'the shell decides which program starts' };
  if (started.name !== 'java' || started.path !== undefined) {
    return { ok: false, reason: `it starts ${started.name}, not java`, evidence: [started.evidence] };
  }
  const builds = project.build.runCommands.find((command) =>
    /^(?:mvnw?|gradlew?|javac|sbt|kotlinc)$/.test(programName(command.program ?? '')),
  );
  if (builds === undefined) return { ok: false, reason: 'nothing compiles it' };
  const at = started.args.indexOf('-jar');
  const archive = at === -1 ? undefined : started.args[at + 1];
  if (archive !== undefined && /[*?$]/.test(archive)) {
    return { ok: false, reason: 'the shell decides which archive starts', evidence: [started.evidence] };
  }
  let copies: readonly StageCopy[] = project.roots.map((path) => ({ path }));
  let note = `copies all of ${project.roots.join(', ')}: what runs is more than one archive`;
  if (archive !== undefined) {
    const path = joinPath(workdir, archive);
    if (/\/quarkus-app\/[^/]+$/.test(path)) {
      copies = [{ path: path.slice(0, path.lastIndexOf('/')) }];
      note = 'copies the folder that Quarkus builds';
    } else if (isWhole(project)) {
      const data = dataEntries(
        project,
        /^(?:src|target|build|bin|out|pom\.xml|mvnw.*|gradle.*|gradlew.*|settings\.gradle.*|build\.gradle.*|lombok\.config|buildSrc)$/,
      );
      copies = [...data, { path }];
      note = 'copies the archive, and what the build context has beside the sources';
    }
  }
  return {
    ok: true,
    plan: {
      name: 'Java',
      image,
      imageEvidence: citeSource(IMAGE, 'the jre variants run Java, and have no compiler'),
      copies,
      prune: [],
      linked: UNLINKED,
      packages: [],
      bare: { kind: 'java', version: Number(versionOf(stage.image)) },
      notes: [note],
      evidence: [cite(document, builds.offset + builds.start), started.evidence],
    },
  };
}

export const java: Stack = {
  matches: (repository) => /^(?:maven|gradle|eclipse-temurin|openjdk)$/.test(repository),
  role,
  buildPackages: /^(?:git|maven|gradle|default-jdk.*|openjdk-.*-jdk.*)$/,
  plan,
};
