#!/bin/sh
set -eu
ionice -c 3 sort -o /var/lib/tally/names /var/lib/tally/names
