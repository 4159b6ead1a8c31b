#!/bin/sh
set -eu
[ -z "${UMASK:-}" ] || umask "$UMASK"
if [ "$(id -u)" = 0 ]; then
  # The program's file capabilities are those that are asked for; taking away what isn't there is an error, and passed over.
  if [ -n "${PCAP:-}" ]; then
    setcap "$PCAP" "$1"
  else
    setcap -r "$1" 2>/dev/null || true
  fi
  # Perhaps it works without, too.
  chown "$PUID:$PGID" "$HOME" || true
  exec su-exec "$PUID:$PGID" env HOME="$HOME" "$@"
fi
exec "$@"
