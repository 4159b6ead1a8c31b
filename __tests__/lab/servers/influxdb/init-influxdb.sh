#!/bin/bash
# Does what https://github.com/influxdata/influxdata-docker/blob/master/influxdb/1.8/init-influxdb.sh documents.
set -e
if [ -d "${INFLUXDB_META_DIR:-/var/lib/influxdb/meta}" ] || [ -z "$INFLUXDB_DB$INFLUXDB_ADMIN_USER" ]; then
  exit 0
fi

INFLUXDB_HTTP_BIND_ADDRESS=127.0.0.1:8086 INFLUXDB_HTTP_HTTPS_ENABLED=false influxd "$@" &
server=$!
query=(influx -host 127.0.0.1 -port 8086 -execute)
first='SHOW DATABASES'
if [ -n "$INFLUXDB_ADMIN_USER" ]; then
  first="CREATE USER \"$INFLUXDB_ADMIN_USER\" WITH PASSWORD '$INFLUXDB_ADMIN_PASSWORD' WITH ALL PRIVILEGES"
fi
for tries in {60..0}; do
  if "${query[@]}" "$first" > /dev/null 2>&1; then break; fi
  sleep 0.5
done
[ "$tries" != 0 ] || { echo 'influxdb init process failed.' >&2; exit 1; }
if [ -n "$INFLUXDB_ADMIN_USER" ]; then
  query=(influx -host 127.0.0.1 -port 8086 -username "$INFLUXDB_ADMIN_USER" -password "$INFLUXDB_ADMIN_PASSWORD" -execute)
fi
[ -z "$INFLUXDB_DB" ] || "${query[@]}" "CREATE DATABASE $INFLUXDB_DB"
if [ -n "$INFLUXDB_USER" ]; then
  "${query[@]}" "CREATE USER \"$INFLUXDB_USER\" WITH PASSWORD '$INFLUXDB_USER_PASSWORD'"
  [ -z "$INFLUXDB_DB" ] || "${query[@]}" "GRANT ALL ON \"$INFLUXDB_DB\" TO \"$INFLUXDB_USER\""
fi
kill -s TERM "$server"
wait "$server"
