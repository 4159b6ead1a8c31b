#!/bin/sh
set -e
# Options alone are haproxy's.
case "$1" in -*) set -- haproxy "$@" ;; esac
if [ "$1" = haproxy ]; then
  shift
  # Master and worker, so that SIGUSR2 reloads the configuration; in the foreground.
  set -- haproxy -W -db "$@"
fi
exec "$@"
