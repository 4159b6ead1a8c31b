#!/bin/sh
# Does what https://github.com/eclipse-mosquitto/mosquitto/blob/master/docker/2.0-openssl/docker-entrypoint.sh documents.
set -e
if [ "$(id -u)" = 0 ] && [ -d /mosquitto ]; then
  chown -R mosquitto:mosquitto /mosquitto || true
fi
exec "$@"
