#!/bin/sh
# Forget the counters of yesterday.
set -eu
mkdir -p /var/lib/tally/archive
date +%F > /var/lib/tally/archive/last
rm -f /var/lib/tally/archive/old
chown tally:tally /var/lib/tally/archive/last
