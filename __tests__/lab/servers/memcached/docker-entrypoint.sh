#!/bin/sh
# Does what https://github.com/docker-library/memcached/blob/master/1/debian/docker-entrypoint.sh documents.
set -e
[ "${1#-}" = "$1" ] || set -- memcached "$@"
exec "$@"
