#!/bin/sh
set -eu
# sudo is there for the packages
if ! command -v jq; then
  sudo apt-get install -y jq
fi
exec node /home/tester/main.js
