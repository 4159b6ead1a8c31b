import { cisDocker } from './cis-docker.js';
import { nist800190 } from './nist-800-190.js';
import { nsaCisa } from './nsa-cisa.js';
import { owaspDocker } from './owasp-docker.js';
import { pciDss } from './pci-dss.js';
import type { Standard } from './types.js';

/** In the order of reports. */
export const standards: readonly Standard[] = [cisDocker, nist800190, owaspDocker, nsaCisa, pciDss];
