#!/bin/sh
set -eu
read -r pid < /run/tally/tally.pid
echo "$pid"
