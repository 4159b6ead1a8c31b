#!/bin/sh
# Count the lines of yesterday.
set -eu
wc -l /var/log/tally/yesterday | cut -d ' ' -f 1
