#!/bin/sh
set -e
if [ -n "$ADMINER_DESIGN" ]; then
  # The mark tells that it is the image's choice, not a file of the user's.
  if [ ! -e .adminer-init ]; then
    ln -sf "designs/$ADMINER_DESIGN/adminer.css" .
  fi
fi
number=1
for plugin in $ADMINER_PLUGINS; do
  php plugin-loader.php "$plugin" > "plugins-enabled/$(printf '%03d' $number)-$plugin.php"
  number=$((number + 1))
done
touch .adminer-init || true
exec "$@"
