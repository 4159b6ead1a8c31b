#!/bin/sh
# Does what https://github.com/valkey-io/valkey-container/blob/mainline/docker-entrypoint.sh documents.
set -e

case $1 in
  -* | *.conf) set -- valkey-server "$@" ;;
esac

if [ "$1" = valkey-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . \! -user valkey -exec chown valkey '{}' +
    exec setpriv --reuid=valkey --regid=valkey --clear-groups -- "$0" "$@"
  elif [ ! -w . ]; then
    echo "error: directory is not writable by current user ($(id -u))" >&2
    exit 1
  fi
fi

# What it writes is for itself alone, unless someone has set another mask.
[ "$(umask)" != 0022 ] || umask 0077

# The official build has its protected mode off.
if [ "$1" = valkey-server ]; then
  shift
  # shellcheck disable=SC2086
  set -- valkey-server "$@" $VALKEY_EXTRA_FLAGS --protected-mode no
fi
exec "$@"
