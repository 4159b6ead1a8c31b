#!/bin/sh
set -eu
test -s /var/lib/tally/names
