#!/bin/sh
# Does what https://github.com/TimWolla/docker-adminer/blob/master/4/entrypoint.sh documents, without plugins.
set -e
if [ -n "$ADMINER_DESIGN" ] && [ ! -e .adminer-init ]; then
  ln -sf "designs/$ADMINER_DESIGN/adminer.css" .
fi
touch .adminer-init || true
exec "$@"
