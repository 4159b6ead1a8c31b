#!/bin/bash
set -euo pipefail
scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
gawk -F, 'NR > 1 { sum += $2 } END { print "total", sum }' /in/sales.csv > "$scratch"
mv "$scratch" "/out/$REPORT_NAME.txt"
chmod 644 "/out/$REPORT_NAME.txt"
date +%F >> "/out/runs.txt"
echo "report written"
