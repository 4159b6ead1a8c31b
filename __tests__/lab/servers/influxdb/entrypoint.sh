#!/bin/bash
# Does what https://github.com/influxdata/influxdata-docker/blob/master/influxdb/1.8/entrypoint.sh documents.
set -e
[ "${1:0:1}" != - ] || set -- influxd "$@"
if [ "$1" = influxd ]; then
  /init-influxdb.sh "${@:2}"
fi
exec "$@"
