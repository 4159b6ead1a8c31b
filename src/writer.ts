import { isChanged, type Companion } from './core/companion.js';
import { dropInOf, dropInPath } from './drop-in.js';
import type { ComposeDocument } from './formats/compose/document.js';
import type { UnitDocument } from './formats/systemd/document.js';
import type { FileOutcome, Run } from './harden.js';
import type { SourceFile } from './io/discover.js';
import {
  writeChanged,
  writeDropIn,
  writeInPlace,
  writeSealedFile,
  writeSidecar,
  type WriteOutcome,
} from './io/write.js';
import { overlayOf, overlayPath } from './overlay.js';
import type { WrittenFile } from './render/output.js';
import { createLinks, sidecarPath, sidecarText } from './sidecar.js';

export type Planned = Extract<FileOutcome, { kind: 'planned' }>;

/** How the changes of a run are written. */
export type WriteMode =
  /** The files themselves. */
  | { readonly kind: 'in-place' }
  /** `.hardened` files beside them. */
  | {
      readonly kind: 'write';
      /** Compose: a file with the changes alone. */
      readonly overlay?: boolean | undefined;
      /** Units: a drop-in with the changes alone. */
      readonly dropIn?: boolean | undefined;
      /** Replaces what somebody has edited since. */
      readonly force: boolean;
    };

/** Writes what comes of a run; nothing is written, and undefined returned, where nothing differs. */
export interface Writer {
  file(outcome: Planned): WrittenFile | undefined;
  /** What goes with a file. */
  companion(companion: Companion): WrittenFile | undefined;
}

/** @param root real path of the tree. */
export function createWriter(run: Run, root: string, mode: WriteMode): Writer {
  return mode.kind === 'in-place' ? createInPlaceWriter(run, root) : createSidecarWriter(run, root, mode);
}

function createInPlaceWriter(run: Run, root: string): Writer {
  return {
    file: ({ plan: { path, original, result } }) => {
      if (result === original.text) return undefined;
      const outcome = writeInPlace(root, path, original.text, result);
      if (outcome.ok) run.replaced(path, original.text);
      return writtenAs(path, outcome);
    },
    companion: (companion) => {
      const { path, source, original, text, variant } = companion;
      if (variant || !isChanged(companion)) return undefined;
      const outcome = hasOwnSeal(companion)
        ? writeSealedFile(root, path, text, false)
        : writeChanged(root, path, original, text, source);
      if (outcome.ok) run.replaced(path, original);
      return writtenAs(path, outcome);
    },
  };
}

function createSidecarWriter(
  run: Run,
  root: string,
  { overlay, dropIn, force }: Extract<WriteMode, { kind: 'write' }>,
): Writer {
  const links = createLinks(run, { files: overlay !== true });
  return {
    file: ({ file, plan }) => {
      const hardened = sidecarText(run, file.format, plan, links);
      if (hardened === undefined) return undefined;
      const path = variantPath(file, { overlay, dropIn });
      if (dropIn === true && file.format === 'systemd') {
        const text = dropInOf(plan.original as UnitDocument, hardened);
        if (text === undefined) return undefined;
        return writtenAs(path, writeDropIn(root, path, plan.path, text, force));
      }
      const overlaid = overlay === true && file.format === 'compose';
      const variant = overlaid
        ? overlayOf(plan.original as ComposeDocument, hardened)
        : { ok: true as const, text: hardened };
      if (!variant.ok) return { path, changed: false, error: `can't be an overlay: ${variant.reason}` };
      return writtenAs(path, writeSidecar(root, path, plan.path, variant.text, force));
    },
    companion: (companion) => {
      const { path, source, text, variant } = companion;
      if (!variant) return undefined;
      const written = hasOwnSeal(companion)
        ? writeSealedFile(root, path, text, force)
        : writeSidecar(root, path, source, text, force);
      return writtenAs(path, written);
    },
  };
}

/** True for a file of harden's own, in whatever mode: its text has the seal. */
function hasOwnSeal({ kind }: Companion): boolean {
  return kind === 'seccomp' || kind === 'apparmor' || kind === 'squid';
}

/** Where a file's variant is written. */
export function variantPath(
  { path, format }: SourceFile,
  { dropIn, overlay }: Pick<Extract<WriteMode, { kind: 'write' }>, 'dropIn' | 'overlay'>,
): string {
  if (dropIn === true && format === 'systemd') return dropInPath(path);
  return overlay === true && format === 'compose' ? overlayPath(path) : sidecarPath(path, format);
}

function writtenAs(path: string, outcome: WriteOutcome): WrittenFile {
  return {
    path,
    changed: outcome.ok && outcome.changed,
    error: outcome.ok ? undefined : outcome.reason,
  };
}
