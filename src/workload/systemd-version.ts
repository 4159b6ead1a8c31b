/**
 * What the current Debian (13), Ubuntu LTS (26.04) and RHEL (10) all have.
 * https://packages.debian.org/trixie/systemd, https://packages.ubuntu.com/resolute/systemd,
 * https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/10
 */
export const DEFAULT_SYSTEMD_VERSION = 257;
