#!/bin/sh
set -eu
grep -P '^\d+' /var/log/tally/yesterday
