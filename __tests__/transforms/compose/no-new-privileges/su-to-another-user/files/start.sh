#!/bin/sh
set -e
exec su -s /bin/sh app -c "serve --port 8080"
