import type { Catalogue } from '../../catalogue/catalogue.js';
import type { FileReader } from '../../core/types.js';
import type { BlueprintDocument } from '../../formats/render-yaml/document.js';
import type { Digests, RenderContext } from '../context.js';
import { ciChecks, type CiChecks } from './ci-checks.js';
import { programOf, type Program } from './program.js';
import { viewsOf, type ResourceView } from './resource.js';

export interface RenderOptions {
  readonly files: FileReader;
  readonly catalogue: () => Catalogue;
  readonly digests: Digests | undefined;
}

/** What a Blueprint's transforms ask about; the repository is read when they do. */
export function renderContext(document: BlueprintDocument, options: RenderOptions): RenderContext {
  const { files, catalogue, digests } = options;
  const programs = new Map<ResourceView, Program | undefined>();
  const checks = new Map<string | undefined, CiChecks>();
  return {
    resources: viewsOf(document),
    program: (view) => {
      if (!programs.has(view)) programs.set(view, programOf(view, { files, catalogue: catalogue() }));
      return programs.get(view);
    },
    ciChecks: (branch) => {
      const known = checks.get(branch) ?? ciChecks(files, branch);
      checks.set(branch, known);
      return known;
    },
    digests,
  };
}
