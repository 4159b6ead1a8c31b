import { parseImageReference } from '../../catalogue/catalogue.js';
import { cite } from '../../core/evidence.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import { isArchived } from '../base-images.js';
import type { DockerfileContext, RuntimeBase } from '../context.js';
import { imageBuild, usesOfStage, type ImageBuild } from '../dockerfile.js';
import { onBareImage } from './bare-image.js';
import { gather } from './gather.js';
import { refuse, settled, type ConversionOutcome, type Project, type Stack } from './model.js';
import { keepPackages } from './needed-packages.js';
import { exactPackages, isBuildPackage, isDevelopment } from './packages.js';
import { projectOf } from './project.js';
import { partsOf } from './runtime-parts.js';
import { stackOf } from './stacks/index.js';

/** Plans the conversion of a Dockerfile of one stage; undefined for one that is none, or that builds nothing. */
export function planConversion(
  document: DockerfileDocument,
  context: DockerfileContext,
): ConversionOutcome | undefined {
  const [stage, ...more] = document.stages;
  if (stage === undefined || more.length > 0 || stage.reference === 'scratch') return undefined;
  const build = imageBuild(document, stage, context);
  if (build.family === 'windows') return undefined;
  const stack = build.base === undefined ? undefined : stackOf(build.base.repository);
  if (stack === undefined) return unrecognised(document, build);
  const onbuild = stage.instructions.find(({ keyword }) => keyword === 'ONBUILD');
  if (onbuild !== undefined) {
    return refuse('ONBUILD makes it an image to build others on', cite(document, onbuild.start));
  }
  if (document.escape === '`') return refuse('the escape character is `: it may be for Windows');
  const target = usesOfStage(document, stage, context).find((use) => use.target !== undefined);
  if (target !== undefined) {
    return refuse(`the service ${target.service} targets the stage by its name`, target.evidence);
  }
  const project = projectOf(document, context, stack);
  return 'document' in project ? convert(project, stack) : project;
}

/** A base without a stack: worth a word only where a compiler is at work. */
function unrecognised(document: DockerfileDocument, build: ImageBuild): ConversionOutcome | undefined {
  const compiles = build.runCommands.find((command) =>
    (exactPackages(command) ?? []).some((found) => isBuildPackage(found) && !isDevelopment(found)),
  );
  const { entrypoint, command } = build.scope;
  if (compiles === undefined || (entrypoint ?? command) === undefined) return undefined;
  const base = build.stage.image;
  return refuse(
    `how programs are built on ${base} is not known to harden`,
    cite(document, compiles.offset + compiles.start),
  );
}

function convert(project: Project, stack: Stack): ConversionOutcome {
  const { document, stage } = project;
  const gathered = gather(project, stack);
  if ('reason' in gathered) return refuse(gathered.reason, cite(document, gathered.instruction.start));
  const outcome = stack.plan(project);
  if (!outcome.ok) return refuse(outcome.reason, ...(outcome.evidence ?? []));
  const { plan } = outcome;
  const kept = keepPackages(project, stack, plan, gathered.packages);
  if (typeof kept === 'string') return refuse(kept);
  const slim = partsOf(project, stack, plan, gathered, kept);
  const { base } = project.context;
  const bare = base === 'slim' ? undefined : onBareImage(project, base, plan, slim);
  const { parts, evidence } = typeof bare === 'object' ? bare : { parts: slim, evidence: plan.imageEvidence };
  const same = parts.image === stage.image;
  const wanted = parts.packages.length + parts.linked.folders.length + parts.linked.programs.length;
  if (
    wanted > 0 &&
    gathered.packages.length === 0 &&
    project.build.family !== 'alpine' &&
    isOfArchive(parts.image)
  ) {
    return refuse(
      `it needs packages of the Debian release of ${parts.image}, which has moved to the archive`,
    );
  }
  if (same && plan.prune.length === 0 && kept.dropped.length === 0) {
    return settled('nothing in the image is only for the build');
  }
  return {
    ok: true,
    stack: plan.name,
    parts,
    unnamed: stage.name === undefined,
    notes: [...plan.notes, ...kept.notes, ...bareNotes(bare, base), ...pinNote(stage.image, parts.image)],
    evidence: [cite(document, stage.from.start), evidence, ...plan.evidence],
  };
}

/** What a reviewer must know of an image without a shell, or why it isn't used. */
function bareNotes(bare: ReturnType<typeof onBareImage> | undefined, base: RuntimeBase): readonly string[] {
  if (bare === undefined) return [];
  return typeof bare === 'string' ? [`not on ${base}: ${bare}`] : bare.notes;
}

/** The digest of an image says nothing of another one. */
function pinNote(image: string, runtime: string): readonly string[] {
  return image.includes('@') && !runtime.includes('@')
    ? [`the digest of ${image.slice(0, image.indexOf('@'))} is not that of ${runtime}: --pin-digests pins it`]
    : [];
}

function isOfArchive(image: string): boolean {
  const reference = parseImageReference(image);
  return reference !== undefined && isArchived(reference);
}
