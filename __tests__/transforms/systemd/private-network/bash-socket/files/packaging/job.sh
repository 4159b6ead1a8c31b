#!/bin/sh
set -eu
echo "tally.jobs 1" > /dev/tcp/127.0.0.1/2003
