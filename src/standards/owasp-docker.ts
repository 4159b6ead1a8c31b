import { noEngineSocket } from './checks/host.js';
import { imageNotRoot, noSecretsInImage, baseVersioned } from './checks/images.js';
import { verifiedPackages } from './checks/packages.js';
import { boundToInterface, dataStoreApart, noDefaultBridge } from './checks/network.js';
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
  imageVersioned,
  memoryLimited,
  pidsLimited,
  restartsLimited,
  rootReadOnly,
} from './checks/resources.js';
import { noSecretsInEnvironment } from './checks/secrets.js';
import { controlsOf } from './control.js';
import { NETWORKS, PORTS, RESTARTS, SCAN, setting, USER } from './undecided.js';
import type { Standard } from './types.js';

const rule = controlsOf('OWASP-Docker');

export const owaspDocker: Standard = {
  id: 'OWASP-Docker',
  name: 'OWASP Docker Security Cheat Sheet',
  version: 'rules 0 to 13',
  source: 'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html',
  controls: [
    rule('0', 'Keep the host and Docker up to date', [], {
      why: 'the engine is part of the host',
      decide: 'docker version, and the updates of the distribution',
    }),
    rule('1', 'Do not expose the socket of the daemon', [noEngineSocket]),
    rule('2', 'Set a user', [imageNotRoot, containerNotRoot], USER),
    rule('3', 'Limit capabilities', [capabilitiesDropped, notPrivileged], setting('.HostConfig.Privileged')),
    rule('4', 'Prevent privilege escalation in the container', [noNewPrivileges]),
    rule('5', 'Mind the connectivity between containers', [dataStoreApart, noDefaultBridge], NETWORKS),
    rule('5a', 'Mind ports that pass by the firewall', [boundToInterface], PORTS),
    rule('6', 'Use seccomp, AppArmor or SELinux', [seccompInForce, appArmorInForce, seLinuxInForce], {
      why: 'the defaults hold where the host has AppArmor or SELinux',
      decide: "docker info --format '{{.SecurityOptions}}'",
    }),
    rule('7', 'Limit resources', [memoryLimited, cpuLimited, pidsLimited, restartsLimited], RESTARTS),
    rule('8', 'Set file systems to read-only', [rootReadOnly], setting('.HostConfig.ReadonlyRootfs')),
    rule('9', 'Scan containers in CI', [], SCAN),
    rule('10', 'Keep the log level of the daemon at info', [], {
      why: 'it is a setting of the daemon',
      decide: 'grep log-level /etc/docker/daemon.json; systemctl show docker -p ExecStart',
    }),
    rule('11', 'Run Docker in rootless mode', [], {
      why: 'it is how the engine is installed',
      decide: "docker info --format '{{.SecurityOptions}}', which names rootless",
    }),
    rule('12', 'Use secrets for sensitive data', [noSecretsInImage, noSecretsInEnvironment]),
    rule('13', 'Strengthen the supply chain', [baseVersioned, imageVersioned, verifiedPackages], {
      why: 'signatures and provenance are checked where an image is pulled and published',
      decide: 'cosign verify IMAGE; docker buildx imagetools inspect IMAGE',
      always: true,
    }),
  ],
};
