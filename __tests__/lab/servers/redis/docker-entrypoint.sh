#!/bin/sh
# Does what https://github.com/redis/docker-library-redis/blob/release/7.4/docker-entrypoint.sh documents.
set -e

case $1 in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec gosu redis "$0" "$@"
fi

# What it writes is for itself alone, unless someone has set another mask.
[ "$(umask)" != 0022 ] || umask 0077

# The official build has its protected mode off.
if [ "$1" = redis-server ]; then
  shift
  set -- redis-server "$@" --protected-mode no
fi
exec "$@"
