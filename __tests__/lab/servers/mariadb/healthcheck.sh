#!/bin/bash
# Does what https://github.com/MariaDB/mariadb-docker/blob/master/healthcheck.sh documents, of its tests two.
set -eo pipefail

asked=()
for file in "${MYSQL_HOME:-/var/lib/mysql}/.my-healthcheck.cnf"; do
  [ ! -f "$file" ] || asked=(--defaults-extra-file="$file")
done

query() { mariadb "${asked[@]}" --skip-column-names --batch --execute "$1"; }

connect() {
  local said
  if said=$(mariadb "${asked[@]}" -h 127.0.0.1 --protocol tcp --skip-column-names --batch \
    --execute 'select @@skip_networking' 2>&1); then
    [ "$said" = 0 ]
  else
    # Refused for want of a password is an answer.
    [[ $said == *'ERROR 1045'* ]]
  fi
}

innodb_initialized() {
  [ "$(query "select 1 from information_schema.ENGINES WHERE engine = 'innodb' AND support in ('YES', 'DEFAULT')")" = 1 ]
}

[ $# -gt 0 ] || exit 1
for test; do
  case $test in
    --connect) connect ;;
    --innodb_initialized) innodb_initialized ;;
    *) echo "healthcheck unknown option $test" >&2; exit 1 ;;
  esac
done
