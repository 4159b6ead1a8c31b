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
} from './checks/images.js';
import { verifiedPackages } from './checks/packages.js';
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
import { noSshServerRuns } from './checks/ssh.js';
import { updatesNotAlone } from './checks/updates.js';
import { controlsOf } from './control.js';
import {
  HEALTH,
  HOST_PATHS,
  PACKAGES,
  PORTS,
  RESTARTS,
  SCAN,
  SET_ID,
  setting,
  SSH,
  TRUST,
  UNCHECKED,
  UPDATES,
  USER,
  VERSION,
} from './undecided.js';
import type { Check, Control, Standard, Undecided } from './types.js';

const make = controlsOf('CIS-Docker');

function control(number: string, title: string, ...checks: readonly Check[]): Control {
  return make(number, title, checks);
}

/** One that no file can show. */
function onHost(number: string, title: string, undecided: Undecided): Control {
  return make(number, title, [], undecided);
}

/** One that files can show to fail, and not to hold. */
function partly(control: Control, undecided: Undecided): Control {
  return { ...control, undecided };
}

/** Section 4, images and the files that they are built from; the titles are ours. */
const IMAGES: readonly Control[] = [
  partly(
    control('4.1', 'A user other than root is set for the container', imageNotRoot, containerNotRoot),
    USER,
  ),
  partly(control('4.2', 'Containers use trusted base images only', baseVersioned), TRUST),
  partly(control('4.3', 'No package is installed that is not needed', noUnneededPackages), PACKAGES),
  onHost('4.4', 'Images are scanned, and rebuilt for security patches', SCAN),
  onHost('4.5', 'Content trust for Docker is enabled', {
    why: 'it is a setting of the client; Docker Content Trust is being retired, cosign takes its place',
    decide: 'printenv DOCKER_CONTENT_TRUST # 1; else cosign verify IMAGE',
  }),
  control('4.6', 'Images have a HEALTHCHECK', imageHasHealthCheck),
  partly(control('4.7', 'Update instructions are not used alone', updatesNotAlone), UPDATES),
  partly(control('4.8', 'Setuid and setgid permissions are removed', noSetuid), SET_ID),
  control('4.9', 'COPY is used instead of ADD', copiesOnly),
  control('4.10', 'No secret is stored in a Dockerfile', noSecretsInImage),
  partly(control('4.11', 'Only verified packages are installed', verifiedPackages), UNCHECKED),
  onHost('4.12', 'Signed artifacts are validated', {
    why: 'signatures are checked where an image is pulled and published',
    decide: 'cosign verify IMAGE',
  }),
];

/** Section 5, containers at run time. */
const CONTAINERS: readonly Control[] = [
  onHost('5.1', 'Swarm mode is off unless it is needed', {
    why: 'it is a state of the engine',
    decide: "docker info --format '{{.Swarm.LocalNodeState}}'",
  }),
  partly(control('5.2', 'An AppArmor profile is in force', appArmorInForce), {
    why: 'the default profile holds where the host has AppArmor',
    decide: "docker inspect --format '{{.AppArmorProfile}}' CONTAINER",
  }),
  partly(control('5.3', 'SELinux options are set where it applies', seLinuxInForce), {
    why: 'labels are set where the engine runs with SELinux',
    decide: "docker info --format '{{.SecurityOptions}}'",
  }),
  control('5.4', 'Capabilities are restricted to the needed ones', capabilitiesDropped),
  partly(control('5.5', 'No container is privileged', notPrivileged), setting('.HostConfig.Privileged')),
  partly(control('5.6', 'No sensitive directory of the host is mounted', noSensitiveMounts), HOST_PATHS),
  partly(control('5.7', 'No SSH server runs in a container', noSshServer, noSshServerRuns), SSH),
  partly(control('5.8', 'No privileged port of the host is mapped', noPrivilegedPorts), PORTS),
  onHost('5.9', 'Only needed ports are open', {
    why: 'which ports are needed is for a person to say',
    decide: "docker ps --format '{{.Names}} {{.Ports}}'",
  }),
  partly(
    control('5.10', "The host's network namespace is not shared", ownNetwork),
    setting('.HostConfig.NetworkMode'),
  ),
  control('5.11', 'Memory is limited', memoryLimited),
  control('5.12', 'CPU priority is set', cpuLimited),
  partly(
    control('5.13', 'The root file system is mounted read-only', rootReadOnly),
    setting('.HostConfig.ReadonlyRootfs'),
  ),
  partly(
    control('5.14', 'Incoming traffic is bound to a specific interface of the host', boundToInterface),
    PORTS,
  ),
  partly(control('5.15', 'Restarts on failure are limited to 5', restartsLimited), RESTARTS),
  partly(
    control('5.16', "The host's process namespace is not shared", ownProcesses),
    setting('.HostConfig.PidMode'),
  ),
  partly(control('5.17', "The host's IPC namespace is not shared", ownIpc), setting('.HostConfig.IpcMode')),
  control('5.18', 'No device of the host is exposed', noHostDevices),
  partly(control('5.19', 'Default ulimits are overridden only where needed', ulimitsOfTheEngine), {
    why: 'which limits a service needs is for a person to say',
    decide: "docker inspect --format '{{.HostConfig.Ulimits}}' CONTAINER",
  }),
  control('5.20', 'Mounts are not shared back to the host', noSharedPropagation),
  partly(control('5.21', "The host's UTS namespace is not shared", ownUts), setting('.HostConfig.UTSMode')),
  control('5.22', 'The default seccomp profile is not disabled', seccompInForce),
  onHost('5.23', 'docker exec is not used with --privileged', {
    why: 'it is what people do, not what a file says',
    decide: 'ausearch -k docker | grep exec | grep privileged',
  }),
  onHost('5.24', 'docker exec is not used with --user=root', {
    why: 'it is what people do, not what a file says',
    decide: 'ausearch -k docker | grep exec | grep user',
  }),
  control('5.25', 'Containers stay in their control group', ownCgroup),
  control('5.26', 'Containers cannot gain new privileges', noNewPrivileges),
  partly(control('5.27', 'Health is checked at run time', healthChecked), HEALTH),
  partly(control('5.28', 'Images are used in a named version', imageVersioned), VERSION),
  control('5.29', 'The number of processes is limited', pidsLimited),
  control('5.30', "Docker's default bridge is not used", noDefaultBridge),
  partly(
    control('5.31', "The host's user namespace is not shared", ownUsers),
    setting('.HostConfig.UsernsMode'),
  ),
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
