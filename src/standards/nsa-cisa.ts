import { noEngineSocket, noSensitiveMounts, ownIpc, ownNetwork, ownProcesses } from './checks/host.js';
import { imageNotRoot, noSecretsInImage } from './checks/images.js';
import { boundToInterface, dataStoreApart, noDefaultBridge } from './checks/network.js';
import { containerNotRoot, noNewPrivileges, notPrivileged, seccompInForce } from './checks/privileges.js';
import { cpuLimited, memoryLimited, rootReadOnly } from './checks/resources.js';
import { noSecretsInFile } from './checks/secrets.js';
import { controlsOf } from './control.js';
import { anyOf, HOST_PATHS, NETWORKS, PORTS, SCAN, setting, USER } from './undecided.js';
import type { Standard } from './types.js';

const advice = controlsOf('NSA-CISA');

/** The names are ours: the guidance numbers none of them. */
export const nsaCisa: Standard = {
  id: 'NSA-CISA',
  name: 'NSA and CISA, Kubernetes Hardening Guidance: the advice on containers',
  version: '1.2, August 2022',
  source:
    'https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF',
  scope: 'What concerns the cluster (control plane, etcd, service accounts, audit logs) is left out.',
  controls: [
    advice(
      'non-root',
      'Use containers that are built to run as another user than root',
      [imageNotRoot, containerNotRoot],
      USER,
    ),
    advice(
      'immutable',
      'Run containers with immutable file systems where possible',
      [rootReadOnly],
      setting('.HostConfig.ReadonlyRootfs'),
    ),
    advice('scan', 'Scan images for vulnerabilities and misconfigurations', [], SCAN),
    advice(
      'privileged',
      'Prevent privileged containers, and those that can become root',
      [notPrivileged, noNewPrivileges],
      setting('.HostConfig.Privileged'),
    ),
    advice(
      'host',
      "Deny what is exploited to break out: the host's namespaces and paths",
      [ownProcesses, ownIpc, ownNetwork, noSensitiveMounts, noEngineSocket],
      anyOf(HOST_PATHS, setting('json .HostConfig')),
    ),
    advice('security-services', 'Harden applications by SELinux, AppArmor and seccomp', [seccompInForce], {
      why: "AppArmor and SELinux are the host's",
      decide: "docker info --format '{{.SecurityOptions}}'",
      always: true,
    }),
    advice(
      'network',
      'Separate networks, and expose little',
      [boundToInterface, dataStoreApart, noDefaultBridge],
      anyOf(PORTS, NETWORKS),
    ),
    advice('limits', 'Limit the use of resources', [memoryLimited, cpuLimited]),
    advice('secrets', 'Keep passwords and tokens out of configuration', [noSecretsInImage, noSecretsInFile]),
  ],
};
