#!/bin/sh
set -eu
kill -USR1 "$(cat /run/tally.pid)"
