/**
 * Files of /etc and the like that hold secrets of the host. A service that needs one was seen to read it. The folders
 * end with `/`.
 */
export const SECRET_PLACES: readonly string[] = [
  '/etc/shadow',
  '/etc/shadow-',
  '/etc/gshadow',
  '/etc/gshadow-',
  '/etc/sudoers',
  '/etc/sudoers.d/',
  '/etc/security/opasswd',
  '/etc/ssl/private/',
  '/etc/pki/tls/private/',
  '/etc/letsencrypt/',
  '/etc/ssh/ssh_host_dsa_key',
  '/etc/ssh/ssh_host_ecdsa_key',
  '/etc/ssh/ssh_host_ed25519_key',
  '/etc/ssh/ssh_host_rsa_key',
  '/etc/krb5.keytab',
  '/etc/wireguard/',
  '/etc/NetworkManager/system-connections/',
  '/etc/credstore/',
  '/etc/credstore.encrypted/',
];

/** True for a file that holds a secret of the host. */
export function isSecretPlace(path: string): boolean {
  return SECRET_PLACES.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}
