import type { SourceDocument } from '../../core/types.js';
import type { ComposeDocument } from '../../formats/compose/document.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import type { BlueprintDocument } from '../../formats/render-yaml/document.js';
import type { UnitDocument } from '../../formats/systemd/document.js';
import type { FlyDocument } from '../../formats/toml/document.js';
import type { Block } from './block.js';
import { dockerfileBlocks } from './dockerfile.js';
import { tomlBlocks } from './toml.js';
import { unitBlocks } from './unit.js';
import { blueprintBlocks, composeBlocks } from './yaml.js';

/** The blocks of a file in the order in which they begin, the outer ones first. */
export function blocksOf(document: SourceDocument): readonly Block[] {
  switch (document.format) {
    case 'dockerfile':
      return dockerfileBlocks(document as DockerfileDocument);
    case 'compose':
      return composeBlocks(document as ComposeDocument);
    case 'render':
      return blueprintBlocks(document as BlueprintDocument);
    case 'fly':
      return tomlBlocks(document as FlyDocument);
    case 'systemd':
    case 'quadlet':
      return unitBlocks(document as UnitDocument);
  }
}
