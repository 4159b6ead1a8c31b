#!/bin/bash
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<-EOSQL
	CREATE ROLE reader NOLOGIN;
	GRANT SELECT ON goods TO reader;
EOSQL
