/** Makes the person of the lab, with a password. */
export const ANA: readonly (readonly string[])[] = [
  ['useradd', '--create-home', '--uid', '1000', '--shell', '/bin/bash', 'ana'],
  ['sh', '-c', 'echo ana:secret | chpasswd'],
];
