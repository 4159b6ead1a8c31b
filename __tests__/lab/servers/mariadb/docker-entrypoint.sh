#!/bin/bash
# Does what https://github.com/MariaDB/mariadb-docker/blob/master/docker-entrypoint.sh documents.
set -eo pipefail
shopt -s nullglob

note() { printf '%s [Note] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*"; }
fail() {
  printf '%s [ERROR] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*" >&2
  exit 1
}

# MARIADB_NAME, or MYSQL_NAME, or what the file that either of them with _FILE names holds.
from_file() {
  local value=${2:-} prefix name file
  for prefix in MYSQL MARIADB; do
    name="${prefix}_$1" file="${prefix}_${1}_FILE"
    [ -z "${!name:-}" ] || [ -z "${!file:-}" ] || fail "Both $name and $file are set (but are exclusive)"
    if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file:-}" ]; then value=$(< "${!file}"); fi
    unset "$file"
  done
  export "MARIADB_$1=$value" "MYSQL_$1=$value"
}

setting() { "${@:2}" --verbose --help 2> /dev/null | awk -v name="$1" '$1 == name && /^[^ \t]/ { print $2; exit }'; }

make_directories() {
  mkdir -p "$DATADIR"
  if [ "$(id -u)" = 0 ]; then
    find "$DATADIR" \! -user mysql \( -exec chown mysql: '{}' + -o -true \)
    find "${SOCKET%/*}" -maxdepth 0 \! -user mysql \( -exec chown mysql: '{}' \; -o -true \)
  fi
}

ask() { mariadb --protocol=socket -uroot -hlocalhost --socket="$SOCKET" "$@"; }

escaped() { local text=${1//\\/\\\\}; printf '%s' "${text//\'/\\\'}"; }

# The user of healthcheck.sh, with a password that only the data directory has.
make_check_user() {
  local password mask
  password=$(pwgen -1 32)
  ask --database=mysql <<SQL
CREATE USER IF NOT EXISTS healthcheck@'127.0.0.1' IDENTIFIED BY '$password';
CREATE USER IF NOT EXISTS healthcheck@'::1' IDENTIFIED BY '$password';
CREATE USER IF NOT EXISTS healthcheck@localhost IDENTIFIED BY '$password';
SQL
  mask=$(umask -p)
  umask 0077
  printf '[mariadb-client]\nport=3306\nsocket=%s\nuser=healthcheck\npassword=%s\nprotocol=tcp\n' "$SOCKET" "$password" \
    > "$DATADIR/.my-healthcheck.cnf"
  $mask
}

make_accounts() {
  if [ -n "$MARIADB_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"; fi
  if [ -n "$MARIADB_USER" ] && [ -n "$MARIADB_PASSWORD" ]; then
    echo "CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$(escaped "$MARIADB_PASSWORD")';"
    if [ -n "$MARIADB_DATABASE" ]; then echo "GRANT ALL ON \`$MARIADB_DATABASE\`.* TO '$MARIADB_USER'@'%';"; fi
  fi
  local password
  password=$(escaped "$MARIADB_ROOT_PASSWORD")
  if [ "$MARIADB_ROOT_HOST" != localhost ]; then
    echo "CREATE USER 'root'@'$MARIADB_ROOT_HOST' IDENTIFIED BY '$password';"
    echo "GRANT ALL ON *.* TO 'root'@'$MARIADB_ROOT_HOST' WITH GRANT OPTION;"
  fi
  echo "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('$password');"
}

initialize() {
  if [ -z "$MARIADB_ROOT_PASSWORD" ]; then
    if [ -n "${MARIADB_RANDOM_ROOT_PASSWORD:-${MYSQL_RANDOM_ROOT_PASSWORD:-}}" ]; then
      MARIADB_ROOT_PASSWORD=$(pwgen -1 32)
      note "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
    elif [ -z "${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}" ]; then
      fail 'Database is uninitialized and password option is not specified'
    fi
  fi
  mariadb-install-db --datadir="$DATADIR" --rpm --auth-root-authentication-method=normal --skip-test-db \
    --default-time-zone=SYSTEM --skip-log-bin
  "$@" --skip-networking --socket="$SOCKET" --default-time-zone=SYSTEM &
  local server=$! tries
  for tries in {60..0}; do
    if ask --database=mysql <<< 'SELECT 1' > /dev/null 2>&1; then break; fi
    sleep 0.5
  done
  [ "$tries" != 0 ] || fail 'Unable to start server.'
  mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo/Europe/Paris Europe/Paris | ask --database=mysql
  make_check_user
  make_accounts | ask --database=mysql
  export MYSQL_PWD=$MARIADB_ROOT_PASSWORD
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) note "running $file"; if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) note "running $file"; ask --database="$MARIADB_DATABASE" < "$file" ;;
      *.sql.gz) note "running $file"; gunzip -c "$file" | ask --database="$MARIADB_DATABASE" ;;
    esac
  done
  unset MYSQL_PWD
  kill "$server"
  wait "$server"
  note 'MariaDB init process done. Ready for start up.'
}

[ "${1:0:1}" != - ] || set -- mariadbd "$@"
if [ "$1" = mariadbd ] || [ "$1" = mysqld ]; then
  "$@" --verbose --help > /dev/null || fail 'mariadbd failed while attempting to check config'
  DATADIR=$(setting datadir "$@")
  SOCKET=$(setting socket "$@")
  from_file ROOT_HOST %
  for name in DATABASE USER PASSWORD ROOT_PASSWORD; do from_file "$name"; done
  make_directories
  if [ "$(id -u)" = 0 ]; then
    note "Switching to dedicated user 'mysql'"
    exec gosu mysql "${BASH_SOURCE[0]}" "$@"
  fi
  [ -d "$DATADIR/mysql" ] || initialize "$@"
  unset MARIADB_ROOT_PASSWORD MARIADB_PASSWORD MYSQL_ROOT_PASSWORD MYSQL_PASSWORD
fi
exec "$@"
