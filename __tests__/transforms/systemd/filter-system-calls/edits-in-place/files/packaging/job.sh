#!/bin/sh
set -eu
sed -i 's/^old//' /var/lib/tally/names
