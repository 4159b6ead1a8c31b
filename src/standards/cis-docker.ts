import {
  noEngineSocket,
  noHostDevices,
  noSensitiveMounts,
  noSharedPropagation,
  ownCgroup,
  ownIpc,
  ownNetwork,
  ownProcesses,
  ownUsers,
  ownUts,
} from './checks/host.js';
import {
  baseVersioned,
  copiesOnly,
  imageHasHealthCheck,
  imageNotRoot,
  noSecretsInImage,
  noSetuid,
  noSshServer,
  noUnneededPackages,
  verifiedPackages,
} from './checks/images.js';
import { boundToInterface, noDefaultBridge, noPrivilegedPorts } from './checks/network.js';
import {
  appArmorInForce,
  capabilitiesDropped,
  containerNotRoot,
  noNewPrivileges,
  notPrivileged,
  seccompInForce,
  seLinuxInForce,
} from './checks/privileges.js';
import {
  cpuLimited,
  healthChecked,
  imageVersioned,
  memoryLimited,
  pidsLimited,
  restartsLimited,
  rootReadOnly,
  ulimitsOfTheEngine,
} from './checks/resources.js';
import { controlsOf } from './control.js';
import type { Check, Control, Standard, Undecided } from './types.js';

const make = controlsOf('CIS-Docker');

function control(number: string, title: string, ...checks: readonly Check[]): Control {
  return make(number, title, checks);
}

/** One that no file can show. */
function onHost(number: string, title: string, why: string, decide: string): Control {
  return make(number, title, [], { why, decide });
}

/** One that files can show to fail, and not to hold. */
function partly(control: Control, undecided: Undecided): Control {
  return { ...control, undecided };
}

/** Section 4, images and the files that they are built from; the titles are ours. */
const IMAGES: readonly Control[] = [
  control('4.1', 'A user other than root is set for the container', imageNotRoot, containerNotRoot),
  partly(control('4.2', 'Containers use trusted base images only', baseVersioned), {
    why: 'whom you trust is for you to say; the files show only whether a base image can be replaced unseen',
    decide: 'docker image ls --digests, and who publishes each of them',
    always: true,
  }),
  control('4.3', 'No package is installed that is not needed', noUnneededPackages),
  onHost(
    '4.4',
    'Images are scanned, and rebuilt for security patches',
    'a scan needs the built image and the vulnerabilities of the day',
    'trivy image IMAGE, in CI and on a schedule',
  ),
  onHost(
    '4.5',
    'Content trust for Docker is enabled',
    'it is a setting of the client; Docker Content Trust is being retired, cosign takes its place',
    'cosign verify IMAGE',
  ),
  control('4.6', 'Images have a HEALTHCHECK', imageHasHealthCheck),
  onHost(
    '4.7',
    'Update instructions are not used alone',
    'whether a cached layer is stale shows only in the build',
    "grep -nE 'RUN.*(apt-get|apk|yum) update *$' Dockerfile",
  ),
  control('4.8', 'Setuid and setgid permissions are removed', noSetuid),
  control('4.9', 'COPY is used instead of ADD', copiesOnly),
  control('4.10', 'No secret is stored in a Dockerfile', noSecretsInImage),
  control('4.11', 'Only verified packages are installed', verifiedPackages),
  onHost(
    '4.12',
    'Signed artifacts are validated',
    'signatures are checked where an image is pulled and published',
    'cosign verify IMAGE',
  ),
];

/** Section 5, containers at run time. */
const CONTAINERS: readonly Control[] = [
  onHost(
    '5.1',
    'Swarm mode is off unless it is needed',
    'it is a state of the engine',
    "docker info --format '{{.Swarm.LocalNodeState}}'",
  ),
  partly(control('5.2', 'An AppArmor profile is in force', appArmorInForce), {
    why: 'the default profile holds where the host has AppArmor',
    decide: "docker inspect --format '{{.AppArmorProfile}}' CONTAINER",
  }),
  partly(control('5.3', 'SELinux options are set where it applies', seLinuxInForce), {
    why: 'labels are set where the engine runs with SELinux',
    decide: "docker info --format '{{.SecurityOptions}}'",
  }),
  control('5.4', 'Capabilities are restricted to the needed ones', capabilitiesDropped),
  control('5.5', 'No container is privileged', notPrivileged),
  control('5.6', 'No sensitive directory of the host is mounted', noSensitiveMounts),
  control('5.7', 'No SSH server runs in a container', noSshServer),
  control('5.8', 'No privileged port of the host is mapped', noPrivilegedPorts),
  onHost(
    '5.9',
    'Only needed ports are open',
    'which ports are needed is for a person to say',
    "docker ps --format '{{.Names}} {{.Ports}}'",
  ),
  control('5.10', "The host's network namespace is not shared", ownNetwork),
  control('5.11', 'Memory is limited', memoryLimited),
  control('5.12', 'CPU priority is set', cpuLimited),
  control('5.13', 'The root file system is mounted read-only', rootReadOnly),
  control('5.14', 'Incoming traffic is bound to a specific interface of the host', boundToInterface),
  control('5.15', 'Restarts on failure are limited to 5', restartsLimited),
  control('5.16', "The host's process namespace is not shared", ownProcesses),
  control('5.17', "The host's IPC namespace is not shared", ownIpc),
  control('5.18', 'No device of the host is exposed', noHostDevices),
  partly(control('5.19', 'Default ulimits are overridden only where needed', ulimitsOfTheEngine), {
    why: 'which limits a service needs is for a person to say',
    decide: "docker inspect --format '{{.HostConfig.Ulimits}}' CONTAINER",
  }),
  control('5.20', 'Mounts are not shared back to the host', noSharedPropagation),
  control('5.21', "The host's UTS namespace is not shared", ownUts),
  control('5.22', 'The default seccomp profile is not disabled', seccompInForce),
  onHost(
    '5.23',
    'docker exec is not used with --privileged',
    'it is what people do, not what a file says',
    'ausearch -k docker | grep exec | grep privileged',
  ),
  onHost(
    '5.24',
    'docker exec is not used with --user=root',
    'it is what people do, not what a file says',
    'ausearch -k docker | grep exec | grep user',
  ),
  control('5.25', 'Containers stay in their control group', ownCgroup),
  control('5.26', 'Containers cannot gain new privileges', noNewPrivileges),
  control('5.27', 'Health is checked at run time', healthChecked),
  control('5.28', 'Images are used in a named version', imageVersioned),
  control('5.29', 'The number of processes is limited', pidsLimited),
  control('5.30', "Docker's default bridge is not used", noDefaultBridge),
  control('5.31', "The host's user namespace is not shared", ownUsers),
  control('5.32', "The engine's socket is not mounted in a container", noEngineSocket),
];

/** Numbers as in docker-bench-security 1.6, whose descriptions of the checks these follow. */
export const cisDocker: Standard = {
  id: 'CIS-Docker',
  name: 'CIS Docker Benchmark, sections 4 and 5',
  version: '1.6',
  source: 'https://github.com/docker/docker-bench-security/tree/master/tests',
  controls: [...IMAGES, ...CONTAINERS],
};
