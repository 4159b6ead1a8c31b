import type { DockerfileDocument } from '../src/formats/dockerfile/document.js';
import type { BlueprintDocument } from '../src/formats/render-yaml/document.js';
import type { UnitDocument } from '../src/formats/systemd/document.js';
import type { ComposeDocument } from '../src/formats/compose/document.js';
import type { FlyDocument } from '../src/formats/toml/document.js';
import type { Transform, TransformMeta } from '../src/core/types.js';
import type {
  ComposeContext,
  DockerfileContext,
  FlyContext,
  QuadletContext,
  RenderContext,
  UnitContext,
} from '../src/workload/context.js';
import { ignoreMeta } from '../src/workload/ignore-additions.js';
import { addHealthcheck } from './compose/add-healthcheck.js';
import { addInit } from './compose/add-init.js';
import { bindPortsToLoopback } from './compose/bind-ports-to-loopback.js';
import { dropCapabilities } from './compose/drop-capabilities.js';
import { isolateDataStores } from './compose/isolate-data-stores.js';
import { labelMounts } from './compose/label-mounts.js';
import { limitEgress } from './compose/limit-egress.js';
import { limitCpus } from './compose/limit-cpus.js';
import { limitMemory } from './compose/limit-memory.js';
import { limitPids } from './compose/limit-pids.js';
import { limitRestarts } from './compose/limit-restarts.js';
import { mountReadOnly } from './compose/mount-read-only.js';
import { noNewPrivileges as composeNoNewPrivileges } from './compose/no-new-privileges.js';
import { pinImage } from './compose/pin-image.js';
import { proxyDockerSocket } from './compose/proxy-docker-socket.js';
import { readOnlyRootfs } from './compose/read-only-rootfs.js';
import { removePrivileged } from './compose/remove-privileged.js';
import { useApparmorProfile as useContainerApparmorProfile } from './compose/use-apparmor-profile.js';
import { useSeccompProfile } from './compose/use-seccomp-profile.js';
import { removeUnconfined } from './compose/remove-unconfined.js';
import { reportHostNamespaces } from './compose/report-host-namespaces.js';
import { reportSecrets } from './compose/report-secrets.js';
import { reportSensitiveMounts } from './compose/report-sensitive-mounts.js';
import { rotateLogs } from './compose/rotate-logs.js';
import { runAsNonRoot as composeRunAsNonRoot } from './compose/run-as-non-root.js';
import { addHealthcheck as dockerfileAddHealthcheck } from './dockerfile/add-healthcheck.js';
import { addInit as dockerfileAddInit } from './dockerfile/add-init.js';
import { cleanPackageCaches } from './dockerfile/clean-package-caches.js';
import { copyInsteadOfAdd } from './dockerfile/copy-instead-of-add.js';
import { copyWithOwner } from './dockerfile/copy-with-owner.js';
import { execFormCommand } from './dockerfile/exec-form-command.js';
import { installFromLockfile } from './dockerfile/install-from-lockfile.js';
import { mountBuildSecrets } from './dockerfile/mount-build-secrets.js';
import { noInstallRecommends } from './dockerfile/no-install-recommends.js';
import { noPackageCache } from './dockerfile/no-package-cache.js';
import { pinImage as dockerfilePinImage } from './dockerfile/pin-image.js';
import { removeSudo } from './dockerfile/remove-sudo.js';
import { reportPipedInstallers } from './dockerfile/report-piped-installers.js';
import { reportSecrets as dockerfileReportSecrets } from './dockerfile/report-secrets.js';
import { reportSshServer } from './dockerfile/report-ssh-server.js';
import { reportWorldWritable } from './dockerfile/report-world-writable.js';
import { runAsNonRoot } from './dockerfile/run-as-non-root.js';
import { separateBuild } from './dockerfile/separate-build.js';
import { stripSetuid } from './dockerfile/strip-setuid.js';
import { usePipefail } from './dockerfile/use-pipefail.js';
import { addChecks } from './fly/add-checks.js';
import { explainBind } from './fly/explain-bind.js';
import { forceHttps } from './fly/force-https.js';
import { pinImage as flyPinImage } from './fly/pin-image.js';
import { reportPublicServices } from './fly/report-public-services.js';
import { reportRawServices } from './fly/report-raw-services.js';
import { reportSecrets as flyReportSecrets } from './fly/report-secrets.js';
import { reportStatics } from './fly/report-statics.js';
import { reportUncheckedDeploys } from './fly/report-unchecked-deploys.js';
import { bindPortsToLoopback as quadletBindPortsToLoopback } from './quadlet/bind-ports-to-loopback.js';
import { dropCapabilities as quadletDropCapabilities } from './quadlet/drop-capabilities.js';
import { limitPids as quadletLimitPids } from './quadlet/limit-pids.js';
import { noNewPrivileges as quadletNoNewPrivileges } from './quadlet/no-new-privileges.js';
import { pinImage as quadletPinImage } from './quadlet/pin-image.js';
import { readOnlyRootfs as quadletReadOnlyRootfs } from './quadlet/read-only-rootfs.js';
import { reportPrivileged } from './quadlet/report-privileged.js';
import { reportSecrets as quadletReportSecrets } from './quadlet/report-secrets.js';
import { reportUnconfined } from './quadlet/report-unconfined.js';
import { runAsNonRoot as quadletRunAsNonRoot } from './quadlet/run-as-non-root.js';
import { useUserNamespace } from './quadlet/use-user-namespace.js';
import { addHealthCheckPath } from './render/add-health-check-path.js';
import { closeIpAllowList } from './render/close-ip-allow-list.js';
import { deployAfterChecks } from './render/deploy-after-checks.js';
import { expirePreviews } from './render/expire-previews.js';
import { generateSecrets } from './render/generate-secrets.js';
import { isolateEnvironments } from './render/isolate-environments.js';
import { pinImage as renderPinImage } from './render/pin-image.js';
import { reportBuildSecrets } from './render/report-build-secrets.js';
import { reportLoopbackBind } from './render/report-loopback-bind.js';
import { reportSecrets as renderReportSecrets } from './render/report-secrets.js';
import { usePrivateService } from './render/use-private-service.js';
import { allowUsedCalls } from './systemd/allow-used-calls.js';
import { allowExecution } from './systemd/allow-execution.js';
import { denyWriteExecute } from './systemd/deny-write-execute.js';
import { filterSystemCalls } from './systemd/filter-system-calls.js';
import { limitCapabilities } from './systemd/limit-capabilities.js';
import { limitResources } from './systemd/limit-resources.js';
import { lockPersonality } from './systemd/lock-personality.js';
import { noNewPrivileges } from './systemd/no-new-privileges.js';
import { privateDevices } from './systemd/private-devices.js';
import { privateMounts } from './systemd/private-mounts.js';
import { privateNetwork } from './systemd/private-network.js';
import { privateTmp } from './systemd/private-tmp.js';
import { privateUsers } from './systemd/private-users.js';
import { protectClockAndHostname } from './systemd/protect-clock-and-hostname.js';
import { protectHome } from './systemd/protect-home.js';
import { protectKernel } from './systemd/protect-kernel.js';
import { protectProc } from './systemd/protect-proc.js';
import { protectSystem } from './systemd/protect-system.js';
import { removeIpc } from './systemd/remove-ipc.js';
import { reportPrivileges } from './systemd/report-privileges.js';
import { restrictAddressFamilies } from './systemd/restrict-address-families.js';
import { restrictAddresses } from './systemd/restrict-addresses.js';
import { restrictBinding } from './systemd/restrict-binding.js';
import { restrictDevices } from './systemd/restrict-devices.js';
import { restrictFileSystems } from './systemd/restrict-file-systems.js';
import { restrictNamespaces } from './systemd/restrict-namespaces.js';
import { restrictRealtime } from './systemd/restrict-realtime.js';
import { restrictSuidSgid } from './systemd/restrict-suid-sgid.js';
import { useApparmorProfile } from './systemd/use-apparmor-profile.js';
import { setUmask } from './systemd/set-umask.js';
import { useDynamicUser } from './systemd/use-dynamic-user.js';

/** Transforms by the format that they read. */
export interface TransformsByFormat {
  readonly dockerfile: readonly Transform<DockerfileDocument, DockerfileContext>[];
  readonly compose: readonly Transform<ComposeDocument, ComposeContext>[];
  readonly systemd: readonly Transform<UnitDocument, UnitContext>[];
  readonly quadlet: readonly Transform<UnitDocument, QuadletContext>[];
  readonly fly: readonly Transform<FlyDocument, FlyContext>[];
  readonly render: readonly Transform<BlueprintDocument, RenderContext>[];
}

/** Every transform, by format, in the order in which its edits stand in a file. */
export const registry: TransformsByFormat = {
  dockerfile: [
    removeSudo,
    separateBuild,
    dockerfilePinImage,
    mountBuildSecrets,
    copyInsteadOfAdd,
    copyWithOwner,
    noInstallRecommends,
    usePipefail,
    cleanPackageCaches,
    installFromLockfile,
    noPackageCache,
    stripSetuid,
    dockerfileAddInit,
    runAsNonRoot,
    dockerfileAddHealthcheck,
    execFormCommand,
    dockerfileReportSecrets,
    reportPipedInstallers,
    reportSshServer,
    reportWorldWritable,
  ],
  compose: [
    pinImage,
    composeRunAsNonRoot,
    addInit,
    removePrivileged,
    removeUnconfined,
    composeNoNewPrivileges,
    dropCapabilities,
    labelMounts,
    useSeccompProfile,
    useContainerApparmorProfile,
    limitEgress,
    readOnlyRootfs,
    mountReadOnly,
    bindPortsToLoopback,
    isolateDataStores,
    proxyDockerSocket,
    addHealthcheck,
    limitRestarts,
    limitPids,
    limitMemory,
    limitCpus,
    rotateLogs,
    reportSensitiveMounts,
    reportHostNamespaces,
    reportSecrets,
  ],
  systemd: [
    noNewPrivileges,
    limitCapabilities,
    protectSystem,
    protectHome,
    privateTmp,
    privateDevices,
    restrictDevices,
    privateMounts,
    privateUsers,
    privateNetwork,
    protectKernel,
    protectClockAndHostname,
    protectProc,
    restrictNamespaces,
    restrictRealtime,
    restrictSuidSgid,
    removeIpc,
    lockPersonality,
    denyWriteExecute,
    restrictAddressFamilies,
    allowUsedCalls,
    filterSystemCalls,
    setUmask,
    allowExecution,
    restrictFileSystems,
    restrictBinding,
    restrictAddresses,
    limitResources,
    useDynamicUser,
    useApparmorProfile,
    reportPrivileges,
  ],
  quadlet: [
    quadletPinImage,
    quadletRunAsNonRoot,
    useUserNamespace,
    quadletNoNewPrivileges,
    quadletDropCapabilities,
    quadletReadOnlyRootfs,
    quadletBindPortsToLoopback,
    quadletLimitPids,
    reportPrivileged,
    reportUnconfined,
    quadletReportSecrets,
  ],
  fly: [
    flyPinImage,
    forceHttps,
    addChecks,
    reportRawServices,
    reportPublicServices,
    explainBind,
    reportUncheckedDeploys,
    reportStatics,
    flyReportSecrets,
  ],
  render: [
    closeIpAllowList,
    renderPinImage,
    generateSecrets,
    renderReportSecrets,
    reportBuildSecrets,
    usePrivateService,
    isolateEnvironments,
    addHealthCheckPath,
    reportLoopbackBind,
    deployAfterChecks,
    expirePreviews,
  ],
};

export const allTransforms: readonly { readonly meta: TransformMeta }[] = [
  ...registry.dockerfile,
  ...registry.compose,
  ...registry.systemd,
  ...registry.quadlet,
  ...registry.fly,
  ...registry.render,
];

/** The policies of all transforms, and of what is changed beside a document, as users choose and read about them. */
export const policies: readonly TransformMeta[] = [...allTransforms.map(({ meta }) => meta), ignoreMeta];
