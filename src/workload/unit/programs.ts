/** What a program is known to need beyond reading files, opening sockets and writing its data. */
export type Trait =
  | 'setuid'
  /** Its configuration or its users choose programs that it starts: setuid ones may be among them. */
  | 'chosen-programs'
  | 'namespaces'
  | 'realtime'
  | 'suid-sgid'
  | 'kernel'
  | 'devices'
  | 'personality'
  | 'shared-temp'
  | 'home-read'
  | 'home-write'
  /** It looks at the host's mounts or makes some: in a mount namespace of its own it sees or changes others. */
  | 'host-mounts';

export interface ProgramFacts {
  readonly names: RegExp;
  readonly why: string;
  readonly traits?: readonly Trait[];
  /** Socket families beside AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK. */
  readonly families?: readonly string[];
}

/** Every matching row counts. The names are compared whole, without the folder. */
export const PROGRAM_FACTS: readonly ProgramFacts[] = [
  {
    names:
      /^(emacs(?:client)?|n?vim|foot|kitty|alacritty|wezterm.*|xterm|urxvtd?|gnome-.*|konsole|kde.*|plasma.*|sway|swaync|i3|hyprland|Hyprland|river|niri|waybar|dunst|mako|rofi|wofi|kanshi|ulauncher|albert|xdg-desktop-portal.*|ssh-agent|gpg-agent|keyd|sxhkd|swhkd)$/,
    why: 'starts what its user chooses',
    traits: ['setuid', 'namespaces', 'host-mounts', 'home-write', 'devices'],
  },
  {
    // The catalogue knows what `ntfy serve` does.
    names: /^(ntfy|forgejo-runner.*|gitea-runner.*|act_runner.*)$/,
    why: 'runs commands that its configuration or its users choose',
    traits: ['setuid', 'namespaces', 'host-mounts', 'home-write', 'devices', 'shared-temp'],
  },
  { names: /^(sudo|doas|pkexec|su|runuser|newgrp|sg|authbind)$/, why: 'changes user', traits: ['setuid'] },
  {
    names:
      /^(mail|mailx|s-nail|bsd-mailx|mutt|sendmail|postdrop|postqueue|procmail|maildrop|dma|nullmailer-.*)$/,
    why: 'hands mail to a setuid or setgid mailer',
    traits: ['setuid'],
  },
  {
    names: /^(smtpd|opensmtpd|spamd|mailman.*|sieve.*|cyrus.*|courier.*|exim4?.*)$/,
    why: 'delivers mail as its owner, through setuid helpers and pipes',
    traits: ['setuid', 'suid-sgid', 'home-write'],
  },
  {
    names: /^(f?ping6?|arping|traceroute|mtr|smokeping.*|(?:prometheus-)?blackbox[-_]exporter)$/,
    why: 'pings through a binary with file capabilities',
    traits: ['setuid'],
    families: ['AF_PACKET'],
  },
  {
    names:
      /^((?:prometheus-)?node[-_]exporter|zabbix_agent.*|glances|otelcol.*|alloy|grafana-agent.*|datadog.*|newrelic-infra|metricbeat|check_mk_agent|nrpe|nagios|icinga2?|monit|atop|sadc|vnstatd|cadvisor|beszel.*|agent-process|scrutiny.*|duf|btop|smartd|rsnapshot|restic|borg(?:matic)?)$/,
    why: "reports or copies the host's file systems as they are mounted",
    traits: ['host-mounts'],
  },
  {
    names: /^(mariadbd?(?:-safe)?|saslauthd|vault)$/,
    why: 'may authenticate or lock memory through a setuid helper or file capabilities',
    traits: ['setuid'],
  },
  {
    names: /^(apache2?|thttpd|openresty|angie)$/,
    why: 'may serve files from home directories',
    traits: ['home-read'],
  },
  {
    names:
      /^(php-?fpm.*|uwsgi(?:-.*)?|audiobookshelf|sonarr|radarr|lidarr|prowlarr|readarr|bazarr|komga|kavita|kodi.*|gerbera|emby.*|photoprism|airsonic.*|jackett|flood|slskd|pyload|tautulli|overseerr|jellyseerr|stash|shoko.*)$/i,
    why: 'works on files that its users choose',
    traits: ['home-write'],
  },
  {
    names: /^(fusermount3?|newuidmap|newgidmap|unix_chkpwd|ksu|at|crontab|chsh|dumpcap)$/,
    why: 'is a setuid helper',
    traits: ['setuid'],
  },
  {
    names:
      /^(apache2?|php-?fpm.*|uwsgi(-.*)?|nagios|icinga2?|naemon|monit|nrpe|check_mk_agent|zabbix_.*|consul|smartd|logrotate|asterisk|freeswitch|cupsd|motion|zoneminder|homeassistant|n8n|jupyter.*|pm2.*|forever|rundeck.*|semaphore|ts-node|asterisk.*)$/,
    why: 'starts programs that its configuration or its users choose, which may be setuid ones',
    traits: ['setuid'],
  },
  {
    names:
      /^(samba|pure-ftpd.*|sftp-server|sftpgo|unison|lsyncd|seafile.*|ownclouds?|borg(matic)?|restic|duplicity|duplicati.*|bareos-.*|bacula-.*|amanda.*|burp|kopia|rdiff-backup|pg_basebackup|tar|cpio|unzip|bsdtar|ceph.*|radosgw)$/,
    why: 'keeps the modes and the places of files that others own',
    traits: ['suid-sgid', 'home-write'],
  },
  {
    names: /^(git|gitlab.*|gogs|gitolite.*|git-daemon|svnserve|hg)$/,
    why: 'makes shared directories with the setgid bit',
    traits: ['suid-sgid', 'home-read'],
  },
  {
    names:
      /^(unshare|nsenter|bwrap|firejail|minijail0?|slirp4netns|chromium.*|chrome|google-chrome.*|firefox.*|brave.*|msedge|electron|cypress|puppeteer|playwright|xvfb-run|signal-desktop|vivaldi.*|ungoogled-chromium|grafana-image-renderer|gotenberg)$/,
    why: 'makes namespaces for its sandbox',
    traits: ['namespaces', 'setuid'],
  },
  {
    names: /^(bubblewrap|rkt|pasta|passt)$/,
    why: 'isolates each session in namespaces',
    traits: ['namespaces'],
  },
  {
    names:
      /^(chrt|pipewire.*|wireplumber|pulseaudio|jackd|jackdbus|ptp4l|phc2sys|ts2phc|watchdog|watchdogd|corosync|asterisk|freeswitch|snapserver|snapclient|shairport-sync|squeezelite|librespot|spotifyd|raspotify|klipper.*|klippy.*|linuxcnc|rtkit.*|ardour.*|mixxx|wivrn.*|sunshine|gamescope|kamailio|roc-.*|dahdi.*|mumble.*)$/,
    why: 'asks for realtime scheduling',
    traits: ['realtime'],
  },
  {
    names:
      /^(rsyslogd?|syslog-ng|metalog|klogd|dmesg|mcelog|rasdaemon|abrtd?.*|kdumpctl|td-agent.*|filebeat|journalbeat|earlyoom|nohang)$/,
    why: 'reads the kernel log',
    traits: ['kernel'],
  },
  {
    names:
      /^(sysctl|modprobe|bpftool|bpftrace|bcc.*|tetragon|falco|cilium.*|perf|turbostat|powertop|cpufreq.*|cgcreate|cgexec|cgset|systemd-run|lm_sensors|sensors|fancontrol|pwmconfig|i2c.*|gpio.*|pigpiod|setpci|dmidecode|ipmi.*|stress-ng|tracee.*|suricata|parca-agent|numad|oomd|ksmtuned|scx_.*|v4l2-ctl|gpm|uhubctl|rfkill|iw|iwconfig|xdp.*|sing-box|hysteria|redsocks)$/,
    why: 'reads or sets kernel tunables, devices or control groups',
    traits: ['kernel'],
  },
  {
    names:
      /^(smartd|gpsd|upsd|upsdrvctl|upsmon|nut.*|apcupsd|alsa.*|a(play|record)|amixer|fluidsynth|plexmediaserver|Plex.*|emby.*|frigate|ffmpeg|ffprobe|vlc|cvlc|mplayer|mpv|gst-launch.*|motion|zoneminder|zm.*|mjpg.*|ustreamer|mediamtx|rtsp.*|octoprint|klipper.*|zigbee2mqtt|zwave.*|deconz|homeassistant|rtl_.*|readsb|dump1090.*|piaware|lircd|irexec|pcscd|sane.*|saned|cupsd|hostapd|rngd|haveged|watchdog(d)?|tang|ollama|llama-server|text-generation.*|vllm|comfyui|whisper.*|localai|immich.*|tdarr.*|unmanic|tvheadend|vdr|mythbackend|oscam|obs|sunshine|boinc|boinc_client|fah.*|foldingathome|xmrig|miner.*|hd-idle|hdparm|hddtemp|smartctl|nvme|sg_.*|mt|mtx|bluealsa|shairport-sync|squeezelite|librespot|spotifyd|raspotify|snapclient|snapserver|pipewire.*|wireplumber|pulseaudio|jackd|Xorg|X|Xwayland|weston|cage|sway|gamescope|fbi|fbset|can.*|slcan.*|serial.*|ser2net|picocom|minicom|socat|tunctl|tpm2.*|swtpm|yubikey.*|prometheus-smartctl.*|smartctl_exporter|dcgm.*|nvidia.*|rasdaemon|mcelog|ddccontrol|ddcutil|solaar|openrgb|liquidctl|coolercontrold|keyd|kmonad|kanata|evremap|input-remapper.*|ydotoold?|xremap|triggerhappy|thd|sshuttle|badvpn.*|rsyslogd?|syslog-ng|tun2socks|hev-.*|hysteria|gpm|ceph.*)$/,
    why: 'may use devices',
    traits: ['devices'],
  },
  {
    names:
      /^(setarch|linux(32|64)|i386|x86_64|uname26|gdb(server)?|rr|wine(64)?|wine-.*|wineserver|proton|box(64|86)|qemu-user.*|sbcl|steamcmd|lldb(-server)?|valgrind|FEX.*)$/,
    why: 'changes its execution domain',
    traits: ['personality'],
  },
  {
    names:
      /^(Xorg|X|Xvfb|Xvnc|Xwayland|x11vnc|xinit|startx|xauth|vncserver|xpra|ssh-agent|gpg-agent|emacs|mariadbd?(-safe)?|mysql|clamd|clamonacc|clamav.*|freshclam|openbox|x-session.*|tigervnc.*|uuidd|cadaver|xdotool|xset|xrandr|unclutter|xhost|cage|weston|chromium.*|google-chrome.*|firefox.*)$/,
    why: 'shares sockets or files in /tmp with others',
    traits: ['shared-temp'],
  },
  {
    names:
      /^(npm|npx|pnpm|yarn|corepack|bun|bunx|deno|uv|uvx|pipx?|pip3|poetry|pipenv|conda|mamba|cargo|rustup|go|gradle|mvn|sbt|gem|bundle|composer|mix|ssh|scp|sftp|autossh|gpg2?|aws|gcloud|az|kubectl|helm|acme\.sh|rustdesk|transmission-(daemon|cli)|qbittorrent(-nox)?|deluged?|rtorrent|aria2c|nzbget|sabnzbd(plus)?|steamcmd|claude|codex|openclaw|gh|vdirsyncer|mbsync|isync|offlineimap|fetchmail|getmail|plexmediaserver|Plex.*|updatedb(\..*)?|plocate.*|tracker.*|clamd|clamscan|clamonacc|rkhunter|chkrootkit|lynis|aide|tripwire|xinit|startx|cupsd|zoneminder|filebrowser|copyparty|webdav|calibre-server|rsnapshot|restic|rustic)$/,
    why: 'keeps files in a home directory',
    traits: ['home-write'],
  },
  {
    names:
      /^(tcpdump|tshark|dumpcap|suricata|snort|zeek|bro|ntopng|arpwatch|arp-scan|arping|radvd|dhcpd|dhcp.*|isc-dhcp.*|kea-dhcp.*|lldpd|lldpad|ladvd|nmap|masscan|netdiscover|pmacctd|nprobe|softflowd|fprobe|darkstat|iftop|ndppd|batctl|mdns-repeater|udp-broadcast.*|wol|etherwake|avahi-autoipd|ptp4l|sniffer|p0f|kismet.*|vnstatd|ngrep|keepalived|pppoe.*|rp-pppoe|rarpd|mrouted|pimd|igmpproxy|homeassistant|knotd|falco|cilium.*)$/,
    why: 'reads or sends raw packets',
    families: ['AF_PACKET'],
  },
  { names: /^(knotd|suricata|dnsdist)$/, why: 'can use XDP sockets', families: ['AF_XDP'] },
  {
    names:
      /^(bluetoothd|bluealsa.*|bluez.*|hcitool|gatttool|homeassistant|theengs.*|btmon|room-assistant|monitor\.sh|esphome)$/,
    why: 'talks Bluetooth',
    families: ['AF_BLUETOOTH'],
  },
  {
    names:
      /^(can(dump|send|gw|player|logger)|slcand|isotp.*|cannelloni|vcan.*|socketcand|klipper.*|klippy.*)$/,
    why: 'talks CAN',
    families: ['AF_CAN'],
  },
  {
    names: /^(cryptsetup|iwd|kcapi.*|strongswan.*|charon.*|bluetoothd)$/,
    why: 'uses the kernel crypto interface',
    families: ['AF_ALG'],
  },
  {
    names: /^(vmtoolsd|qemu-ga|spice-vdagentd?|socat|hv_.*|vsock.*)$/,
    why: 'talks to the hypervisor',
    families: ['AF_VSOCK'],
  },
];

/**
 * Programs of POSIX and GNU coreutils (and shell builtins) that do what their arguments say and nothing else: no
 * network, no configuration, no helpers.
 */
export const CLOSED_PROGRAMS = new Set(
  (
    '[ [[ : . test true false echo printf cd pwd set unset export local declare typeset readonly return exit shift trap ' +
    'read wait let break continue getopts umask type hash times ulimit kill sleep cat head tail cut tr sort uniq wc tee ' +
    'seq date basename dirname realpath readlink mkdir rmdir rm mv cp ln touch mktemp chmod chown chgrp stat ls ' +
    'grep egrep fgrep sed md5sum sha1sum sha256sum sha512sum b2sum cksum cmp diff comm paste join fold nl tac rev ' +
    'expr yes uname nproc arch id whoami truncate sync install gzip gunzip zcat xz unxz zstd bzip2 base64 od xxd ' +
    'hostname env printenv getent jq numfmt shuf split csplit expand fmt pr tsort factor pgrep pkill df du free uptime'
  ).split(' '),
);

/** Closed programs that look up users or hosts, which NSS modules may answer over the network. */
export const NAME_LOOKUPS = new Set([
  'getent',
  'id',
  'whoami',
  'ls',
  'stat',
  'chown',
  'chgrp',
  'hostname',
  'install',
  'cp',
  'mv',
]);

/** Programs that start another as another user, or below another root. */
export const STEPPERS = /^(su|runuser|setpriv|gosu|su-exec|chpst|setuidgid|start-stop-daemon|chroot)$/;

export const SHELLS = /^(sh|bash|dash|ash|zsh|ksh|mksh|busybox)$/;

/** Builtins that run code which isn't in the script's text. */
export const OPAQUE_BUILTINS = new Set([
  'eval',
  'source',
  '.',
  'xargs',
  'parallel',
  'find',
  'awk',
  'gawk',
  'mawk',
  'busybox',
]);

/** Interpreters with the endings of their scripts; those that generate code at run time are marked. */
export const INTERPRETERS: readonly { readonly names: RegExp; readonly jit: boolean }[] = [
  {
    names:
      /^(node(js)?|deno|bun|java|dotnet|mono|pypy3?|luajit|beam\.smp|erl|elixir|iex|julia|php.*|ruby.*|racket)$/,
    jit: true,
  },
  { names: /^(python[\d.]*|perl[\d.]*|lua[\d.]*|tclsh[\d.]*|Rscript|guile)$/, jit: false },
];
