#!/bin/sh
set -eu
pid=$(cat /run/tally.pid)
test -d "/proc/$pid"
