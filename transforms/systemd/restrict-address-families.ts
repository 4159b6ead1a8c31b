import { citeSource } from '../../src/core/evidence.js';
import { directive } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/**
 * The list is what the programs use: AF_UNIX for syslog and notification, the Internet families, and AF_NETLINK,
 * which glibc opens in getaddrinfo() (__check_pf() in sysdeps/unix/sysv/linux/check_pf.c) and getifaddrs().
 */
export const restrictAddressFamilies = directive({
  meta: {
    id: 'systemd/restrict-address-families',
    title: 'Restrict socket address families',
    description:
      'Rare socket families (packet, Bluetooth, CAN, AX.25 and others) are old kernel code that most services never use. The list follows from the programs: AF_UNIX always, the Internet families and AF_NETLINK for whatever may resolve names, and what the program is known for beside that.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Programs that open packet, Bluetooth, CAN or other sockets that are not in the list.',
    touches: ['Service.RestrictAddressFamilies'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('RestrictAddressFamilies')],
  },
  settings: ['RestrictAddressFamilies'],
  message: 'the service may open sockets of every family, rarely used ones too',
  implying: ['RestrictAddressFamilies'],
  decide(unit) {
    const { value, certainty, evidence } = unit.families;
    const source = citeSource(
      manualPage('RestrictAddressFamilies'),
      'the local AF_UNIX address family should be included in the configured allow list',
    );
    const netlink = citeSource(
      'https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/unix/sysv/linux/check_pf.c',
      'glibc asks for the addresses of the host over AF_NETLINK when it resolves names',
    );
    return {
      act: 'set',
      assignments: [`RestrictAddressFamilies=${value.join(' ')}`],
      certainty,
      evidence: [...evidence.slice(0, 5), source, ...(value.includes('AF_NETLINK') ? [netlink] : [])],
    };
  },
});
