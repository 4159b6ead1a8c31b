import {
  noEngineSocket,
  noSensitiveMounts,
  ownIpc,
  ownNetwork,
  ownProcesses,
  ownUsers,
} from './checks/host.js';
import {
  baseVersioned,
  imageNotRoot,
  noSecretsInImage,
  noSetuid,
  noSshServer,
  noUnneededPackages,
} from './checks/images.js';
import { verifiedPackages } from './checks/packages.js';
import { boundToInterface, dataStoreApart, noDefaultBridge, outsideLimited } from './checks/network.js';
import {
  capabilitiesDropped,
  containerNotRoot,
  noNewPrivileges,
  notPrivileged,
  seccompInForce,
} from './checks/privileges.js';
import { imageVersioned, rootReadOnly } from './checks/resources.js';
import { noSshServerRuns } from './checks/ssh.js';
import { noSecretsInFile } from './checks/secrets.js';
import { controlsOf } from './control.js';
import { CONTENTS, EGRESS, HOST_PATHS, NETWORKS, SCAN, setting, TRUST } from './undecided.js';
import type { Standard } from './types.js';

const control = controlsOf('NIST-800-190');

/** The countermeasures of section 4 that a repository's files have a part in. */
export const nist800190: Standard = {
  id: 'NIST-800-190',
  name: 'NIST SP 800-190, Application Container Security Guide, section 4',
  version: 'September 2017',
  source: 'https://doi.org/10.6028/NIST.SP.800-190',
  scope:
    'Registries (4.2), what else concerns orchestrators (4.3) and the host (4.5.1 to 4.5.4) are not described by these files.',
  controls: [
    control('4.1.1', 'Image vulnerabilities', [], SCAN),
    control(
      '4.1.2',
      'Image configuration defects',
      [imageNotRoot, containerNotRoot, noSetuid, noSshServer, noSshServerRuns, noUnneededPackages],
      CONTENTS,
    ),
    control('4.1.3', 'Embedded malware', [], {
      why: 'it is found in the built image',
      decide: 'clamscan on the exported file system, or the scanner of the registry',
    }),
    control('4.1.4', 'Embedded clear text secrets', [noSecretsInImage, noSecretsInFile]),
    control('4.1.5', 'Use of untrusted images', [baseVersioned, imageVersioned, verifiedPackages], TRUST),
    control(
      '4.3.3',
      'Poorly separated traffic between containers',
      [dataStoreApart, noDefaultBridge],
      NETWORKS,
    ),
    control('4.4.1', 'Vulnerabilities within the runtime software', [], {
      why: 'the engine is part of the host',
      decide: 'docker version, against the security notices of the engine',
    }),
    control(
      '4.4.2',
      'Unbounded network access from containers',
      [boundToInterface, dataStoreApart, noDefaultBridge, ownNetwork, outsideLimited],
      EGRESS,
    ),
    control(
      '4.4.3',
      'Insecure container runtime configurations',
      [
        notPrivileged,
        capabilitiesDropped,
        noNewPrivileges,
        seccompInForce,
        ownProcesses,
        ownIpc,
        noEngineSocket,
      ],
      setting('json .HostConfig'),
    ),
    control(
      '4.4.4',
      'App vulnerabilities: read-only root file system',
      [rootReadOnly],
      setting('.HostConfig.ReadonlyRootfs'),
    ),
    control(
      '4.5.5',
      'Tampering with the file system of the host',
      [noSensitiveMounts, noEngineSocket, ownUsers],
      HOST_PATHS,
    ),
  ],
};
