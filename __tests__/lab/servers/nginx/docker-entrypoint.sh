#!/bin/sh
set -e
# Only nginx itself gets the start's scripts: programs (.sh) run, variables (.envsh) are read in.
case "$1" in
  nginx | nginx-debug)
    for script in /docker-entrypoint.d/*; do
      case "$script" in
        *.envsh) . "$script" ;;
        *.sh) "$script" ;;
      esac
    done
    ;;
esac
exec "$@"
