#!/bin/sh
set -eu
install -d -o tally -g adm -m 2750 /var/log/tally
