#!/bin/sh
set -eu
ls -t /var/backups/site | tail -n +8 >/var/backups/site/old.txt
