#!/bin/sh
set -e
chown -R relay /app
exec gosu relay "$@"
