import type { DockerfileDocument } from '../src/formats/dockerfile/document.js';
import type { UnitDocument } from '../src/formats/systemd/document.js';
import type { ComposeDocument } from '../src/formats/compose/document.js';
import type { Transform, TransformMeta } from '../src/core/types.js';
import type { ComposeContext, DockerfileContext, UnitContext } from '../src/workload/context.js';
import { addHealthcheck } from './compose/add-healthcheck.js';
import { bindPortsToLoopback } from './compose/bind-ports-to-loopback.js';
import { dropCapabilities } from './compose/drop-capabilities.js';
import { limitPids } from './compose/limit-pids.js';
import { noNewPrivileges as composeNoNewPrivileges } from './compose/no-new-privileges.js';
import { moveSecrets } from './compose/move-secrets.js';
import { readOnlyRootfs } from './compose/read-only-rootfs.js';
import { runAsNonRoot as composeRunAsNonRoot } from './compose/run-as-non-root.js';
import { copyInsteadOfAdd } from './dockerfile/copy-instead-of-add.js';
import { execFormCommand } from './dockerfile/exec-form-command.js';
import { noInstallRecommends } from './dockerfile/no-install-recommends.js';
import { runAsNonRoot } from './dockerfile/run-as-non-root.js';
import { lockPersonality } from './systemd/lock-personality.js';
import { noNewPrivileges } from './systemd/no-new-privileges.js';
import { privateDevices } from './systemd/private-devices.js';
import { privateTmp } from './systemd/private-tmp.js';
import { protectHome } from './systemd/protect-home.js';
import { protectKernel } from './systemd/protect-kernel.js';
import { protectSystem } from './systemd/protect-system.js';
import { restrictAddressFamilies } from './systemd/restrict-address-families.js';
import { restrictNamespaces } from './systemd/restrict-namespaces.js';
import { restrictRealtime } from './systemd/restrict-realtime.js';
import { restrictSuidSgid } from './systemd/restrict-suid-sgid.js';

interface Registry {
  readonly dockerfile: readonly Transform<DockerfileDocument, DockerfileContext>[];
  readonly compose: readonly Transform<ComposeDocument, ComposeContext>[];
  readonly systemd: readonly Transform<UnitDocument, UnitContext>[];
}

/** Every transform, by format, in the order in which its edits stand in a file. */
export const registry: Registry = {
  dockerfile: [copyInsteadOfAdd, noInstallRecommends, runAsNonRoot, execFormCommand],
  compose: [
    composeRunAsNonRoot,
    composeNoNewPrivileges,
    dropCapabilities,
    readOnlyRootfs,
    bindPortsToLoopback,
    limitPids,
    addHealthcheck,
    moveSecrets,
  ],
  systemd: [
    noNewPrivileges,
    protectSystem,
    protectHome,
    privateTmp,
    privateDevices,
    protectKernel,
    restrictNamespaces,
    restrictRealtime,
    restrictSuidSgid,
    lockPersonality,
    restrictAddressFamilies,
  ],
};

export const allTransforms: readonly { readonly meta: TransformMeta }[] = [
  ...registry.dockerfile,
  ...registry.compose,
  ...registry.systemd,
];
