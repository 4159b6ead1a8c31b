#!/usr/bin/env bash
# Does what https://github.com/docker-library/mongo/blob/master/8.0/docker-entrypoint.sh documents.
set -Eeuo pipefail

[ "${1:0:1}" != - ] || set -- mongod "$@"
program=$1

if [[ $program == mongo* ]] && [ "$(id -u)" = 0 ]; then
  if [ "$program" = mongod ]; then
    find -L /data/configdb /data/db \! -user mongodb -exec chown mongodb '{}' +
  fi
  # The initialization logs to them as mongodb.
  chown --dereference mongodb "/proc/$$/fd/1" "/proc/$$/fd/2" || :
  exec gosu mongodb "$BASH_SOURCE" "$@"
fi

if [[ $program == mongo* ]] && numactl --interleave=all true &> /dev/null; then
  set -- numactl --interleave=all "$@"
fi

from_file() {
  local name=$1 file="${1}_FILE" value=
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file:-}" ]; then value=$(< "${!file}"); fi
  export "$name=$value"
  unset "$file"
}

if [ "$program" = mongod ]; then
  from_file MONGO_INITDB_ROOT_USERNAME
  from_file MONGO_INITDB_ROOT_PASSWORD
  if [ -n "$MONGO_INITDB_ROOT_USERNAME" ]; then
    if [ ! -e /data/db/WiredTiger ]; then
      # Started for the root user alone, by a process that is its parent as long.
      "$@" --bind_ip 127.0.0.1 --pidfilepath "${TMPDIR:-/tmp}/docker-entrypoint-temp-mongod.pid" --fork \
        --logpath "/proc/$$/fd/1"
      mongosh --eval "$(jq --null-input --compact-output --arg user "$MONGO_INITDB_ROOT_USERNAME" \
        --arg password "$MONGO_INITDB_ROOT_PASSWORD" '{createUser: $user, pwd: $password}')"
      kill "$(cat "${TMPDIR:-/tmp}/docker-entrypoint-temp-mongod.pid")"
      while [ -e /tmp/mongodb-27017.sock ]; do sleep 0.1; done
      rm -f "${TMPDIR:-/tmp}/docker-entrypoint-temp-mongod.pid"
      printf '\nMongoDB init process complete; ready for start up.\n\n'
    fi
    set -- "$@" --auth
  fi
  case " $* " in *' --bind_ip'*) ;; *) set -- "$@" --bind_ip_all ;; esac
fi
unset "${!MONGO_INITDB_@}"
exec "$@"
