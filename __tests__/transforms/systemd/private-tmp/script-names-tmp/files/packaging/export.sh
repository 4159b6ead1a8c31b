#!/bin/sh
out="/tmp/export.csv"
cat /var/lib/tally/data > "$out"
