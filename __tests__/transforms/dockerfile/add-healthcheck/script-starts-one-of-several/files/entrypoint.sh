#!/bin/sh
set -e
if [ "$MODE" = worker ]; then
  exec celery -A app worker
fi
exec gunicorn --bind "0.0.0.0:${PORT:-8000}" app:app
