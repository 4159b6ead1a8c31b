import { noSensitiveMounts, noEngineSocket } from './checks/host.js';
import { imageNotRoot, noSecretsInImage, noSshServer, noUnneededPackages } from './checks/images.js';
import { boundToInterface } from './checks/network.js';
import {
  capabilitiesDropped,
  containerNotRoot,
  noNewPrivileges,
  notPrivileged,
  seccompInForce,
} from './checks/privileges.js';
import { rootReadOnly } from './checks/resources.js';
import { noSshServerRuns } from './checks/ssh.js';
import { noSecretsInFile } from './checks/secrets.js';
import { controlsOf } from './control.js';
import { anyOf, HOST_PATHS, PACKAGES, PORTS, setting, SSH, USER } from './undecided.js';
import type { Standard } from './types.js';

const requirement = controlsOf('PCI-DSS');

export const pciDss: Standard = {
  id: 'PCI-DSS',
  name: 'PCI DSS: the part that these files can show',
  version: '4.0.1',
  source: 'https://docs-prv.pcisecuritystandards.org/PCI%20DSS/Standard/PCI-DSS-v4_0_1.pdf',
  scope:
    'A file shows how a workload is set up, not where cardholder data is, who has access or what is logged: no status here says that a requirement is fulfilled as a whole.',
  controls: [
    requirement('1.3.1', 'Inbound traffic is restricted to what is needed', [boundToInterface], PORTS),
    requirement(
      '2.2.4',
      'Only needed services, daemons and functions are enabled',
      [noUnneededPackages, noSshServer, noSshServerRuns],
      anyOf({ ...PACKAGES, always: false }, SSH),
    ),
    requirement(
      '2.2.6',
      'Security parameters are set against misuse',
      [notPrivileged, capabilitiesDropped, noNewPrivileges, seccompInForce, rootReadOnly],
      setting('json .HostConfig'),
    ),
    requirement(
      '7.2.5',
      'Application and system accounts have the least privileges',
      [imageNotRoot, containerNotRoot, noSensitiveMounts, noEngineSocket],
      anyOf(USER, HOST_PATHS),
    ),
    requirement('8.6.2', 'No password of an application or system account is written in a file', [
      noSecretsInImage,
      noSecretsInFile,
    ]),
  ],
};
