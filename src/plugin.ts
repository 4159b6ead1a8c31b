/**
 * What a plugin is written with: the types of transforms, and the builders that edit a format without touching the rest of the
 * file. It follows semantic versioning: documents and contexts may get new members in a minor version, and keep those that
 * they have.
 */
import type { Transform } from './core/types.js';
import type { ComposeDocument } from './formats/compose/document.js';
import type { DockerfileDocument } from './formats/dockerfile/document.js';
import type { BlueprintDocument } from './formats/render-yaml/document.js';
import type { UnitDocument } from './formats/systemd/document.js';
import type { FlyDocument } from './formats/toml/document.js';
import type {
  ComposeContext,
  DockerfileContext,
  FlyContext,
  QuadletContext,
  RenderContext,
  UnitContext,
} from './workload/context.js';

export type DockerfileTransform = Transform<DockerfileDocument, DockerfileContext>;
export type ComposeTransform = Transform<ComposeDocument, ComposeContext>;
export type UnitTransform = Transform<UnitDocument, UnitContext>;
export type QuadletTransform = Transform<UnitDocument, QuadletContext>;
export type FlyTransform = Transform<FlyDocument, FlyContext>;
export type RenderTransform = Transform<BlueprintDocument, RenderContext>;

/** What a plugin's module exports as `transforms`, in the order in which they are to act. */
export type PluginTransforms = readonly (
  DockerfileTransform | ComposeTransform | UnitTransform | QuadletTransform | FlyTransform | RenderTransform
)[];

export { cite, citeMatch, citeSource } from './core/evidence.js';
export { combine, edits, lineEnding, refused, type Edits, type Range, type TextEdit } from './core/text.js';
export type { Chosen, NumberOption, OptionReader, TextOption, TransformOption } from './core/options.js';
export type {
  AcceptedFinding,
  Certainty,
  Evidence,
  FileReader,
  Finding,
  FixFinding,
  FolderEntry,
  Format,
  ManualFinding,
  Phase,
  SemanticPath,
  Severity,
  SourceDocument,
  Transform,
  TransformMeta,
} from './core/types.js';
export type {
  BlueprintDocument,
  ComposeContext,
  ComposeDocument,
  DockerfileContext,
  DockerfileDocument,
  FlyContext,
  FlyDocument,
  QuadletContext,
  RenderContext,
  UnitContext,
  UnitDocument,
};

export * as compose from './plugin/compose.js';
export * as dockerfile from './plugin/dockerfile.js';
export * as fly from './plugin/fly.js';
export * as render from './plugin/render.js';
export * as systemd from './plugin/systemd.js';
