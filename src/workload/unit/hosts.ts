/** A class of units that manage the host or open sessions for others: a sandbox takes away what they are for. */
export interface HostClass {
  readonly what: string;
  /** Names of programs, without their folder. */
  readonly programs: RegExp;
}

/** Read by the first match; a program is compared by its whole name. */
export const HOST_CLASSES: readonly HostClass[] = [
  {
    what: 'is a part of systemd and brings its own settings',
    programs:
      /^(systemd|systemd-(?!cat$|notify$|creds$|run$|memcached|helper$).*|(udev|login|journal|machine|hostname|network)ctl|bootctl)$/,
  },
  {
    what: 'manages devices',
    programs:
      /^(udevd|udevadm|eudev|mdev|kmod|modprobe|insmod|depmod|rmmod|plymouth(d)?|upowerd|thermald|tlp|power-profiles-daemon|fwupd(mgr|tool)?|usbmuxd|usbguard-daemon|boltd|acpid|irqbalance|tuned|bluetoothd|ModemManager|iio-sensor-proxy|colord|brltty|cpupower|nvidia-.*|bluez.*|hciattach|multipathd|geoclue)$/i,
  },
  {
    what: 'opens sessions for other users',
    programs:
      /^((a|m|min)?getty|login|sulogin|sshd(-session)?|dropbear(md)?|telnetd|in\..*d|xinetd|inetd|gdm3?|lightdm|sddm|lxdm|xdm|greetd|ly|cockpit-.*|xrdp(-sesman)?|vncserver|x2go.*|teleport|sesman|shellinaboxd|ttyd|wetty|gotty|tmux|screen|rserver|rstudio-server|jupyterhub|tigervncserver|elogind|pam_.*|at-spi.*|accounts-daemon|homectl)$/,
  },
  {
    what: 'runs jobs for other users',
    programs:
      /^(cron|crond|fcron|cronie|dcron|anacron|atd|atrun|incrond|run-parts|supervisord|slurm(d|ctld|stepd)|pbs_mom|condor_master)$/,
  },
  {
    what: 'runs whatever jobs others send it',
    programs:
      /^(gitlab-runner|buildkite-agent|actions-runner|runsvc\.sh|act_runner|forgejo-runner|woodpecker-agent|drone-runner-.*|concourse|TeamCity.*|jenkins|agent\.jar|code-server|openvscode-server|coder)$/,
  },
  {
    what: 'decides about privileges for others',
    programs:
      /^(dbus-daemon|dbus-broker(-launch)?|polkitd|polkit-.*|sssd(_.*)?|nslcd|nscd|unscd|winbindd|rtkit-daemon|realmd|pcscd|gssproxy|nm-priv-helper|krb5kdc|kadmind|auditd|augenrules|auditctl|apparmor.*|aa-.*|restorecond|setroubleshootd|sudo_logsrvd)$/,
  },
  {
    what: "manages the host's network",
    programs:
      /^(NetworkManager|nm-.*|nmcli|netplan|networkd-.*|connmand|wicked.*|ifup|ifdown|ifupdown.*|dhclient|dhcpcd5?|udhcpc|dhcp6c|wpa_supplicant|iwd|hostapd|resolvconf|resolvectl|openresolv|ethtool|teamd|ovs-.*|ovsdb-server|bird6?|frr.*|zebra|bgpd|ospfd|quagga|keepalived|ucarp|strongswan.*|ipsec|charon(-systemd)?|swanctl|pluto|openvpn|wg|wg-quick|tailscaled|zerotier-one|nebula|tincd|vpnc|openconnect|xl2tpd|pppd|pptpd|cloudflared-warp|warp-svc|mihomo|clash|sing-box|dae|n2n|netbird|mullvad-daemon)$/,
  },
  {
    what: 'sets up the addresses, the routes or the firewall of the host',
    programs:
      /^(iptables.*|ip6tables.*|nft|nftables|ufw.*|firewalld|firewall-.*|shorewall.*|ferm|fail2ban-.*|sshguard|ipset|ebtables|arptables|tc|csf|lfd|denyhosts|crowdsec-firewall-bouncer|conntrackd|ip|ifconfig|route|brctl|bridge|sysctl)$/,
  },
  {
    what: 'mounts, checks or manages file systems for the host',
    programs:
      /^(mount(\..*)?|umount(\..*)?|mountpoint|findmnt|fsck(\..*)?|quota(on|off|check)|e2scrub.*|fstrim|swapon|swapoff|mkswap|lvm|lvm.*|pv.*|vgchange|blkdeactivate|dmsetup|dmeventd|mdadm.*|mdmon|mdcheck.*|zpool|zfs|zed|btrfs.*|bcachefs.*|cryptsetup|clevis.*|iscsid|iscsiadm|tgtd|multipath|udisksd|automount|autofs|rpc\..*|rpcbind|nfsd.*|exportfs|nfsdcld|sm-notify|blkmapd|glusterd|gluster.*|ceph-(osd|volume|disk).*|sshfs|mergerfs|s3fs|davfs2?|gocryptfs|rclonefs|fusermount3?|losetup|growpart|resize2fs|mkfs(\..*)?|parted|sgdisk|snapper|timeshift|zramctl|zram.*|vdo|stratisd)$/,
  },
  {
    what: 'installs software on the host',
    programs:
      /^(apt(-get|-cache|\.systemd\.daily)?|aptitude|dpkg.*|dnf.*|yum.*|rpm|rpm-ostree|zypper|pacman|apk|emerge|snap|snapd|flatpak|packagekitd|pk-.*|unattended-upgrade.*|nix(-.*)?|guix(-daemon)?|brew|needrestart|ldconfig|update-(?:grub|alternatives|initramfs|rc\.d|ca-certificates)|ostree|bootupd|mandb)$/,
  },
  {
    what: 'runs containers or virtual machines',
    programs:
      /^(dockerd|docker|docker-compose|docker-init|containerd|podman|podman-compose|podman-.*|conmon|crio|crictl|k3s|rke2|k0s|microk8s.*|kubelet|kubeadm|nomad|libvirtd?.*|virt.*d|qemu-.*|qemu|lxd|lxc(-.*)?|lxcfs|incus(d)?|systemd-nspawn|machinectl|runc|crun|buildkitd|buildah|nerdctl|firecracker|kata-.*|vmtoolsd|vboxd.*|VBox.*|balena.*|garden-runc|apptainer|singularity)$/,
  },
  {
    what: 'deploys to the host as an agent of something else',
    programs:
      /^(puppet|consul-template|envconsul|confd|opampsupervisor|chef-client|chef|cinc-client|salt-(minion|master|call|api)|ansible(-.*)?|cf-(agent|execd|serverd|monitord)|rudder.*|cloud-init|google_.*|waagent|amazon-ssm-agent|ssm-agent.*|walinuxagent|qemu-ga|ignition|osqueryd|wazuh.*|falcon-sensor|auoms|sapconf|pacemakerd?|pacemaker.*|pcsd|corosync|sbd|drbd.*|crmd|monit|cockpit)$/,
  },
  {
    what: 'changes the state of the machine',
    programs:
      /^(shutdown|reboot|halt|poweroff|kexec|rc\.local|hwclock|timedatectl|hostnamectl|localectl|useradd|usermod|userdel|groupadd|adduser|chpasswd|passwd|visudo|setupcon|setfont|loadkeys|console-setup.*|keyboard-setup.*)$/,
  },
];

/** Targets of early boot and of switching the machine off: only the host's own jobs belong there. */
export const HOST_TARGETS =
  /^(sysinit|basic|local-fs(-pre)?|remote-fs(-pre)?|swap|cryptsetup|initrd.*|emergency|rescue|shutdown|umount|final|reboot|poweroff|halt|kexec|sleep|suspend|hibernate|hybrid-sleep|network-pre|getty|system-update(-pre)?)\.target$/;
