#!/usr/bin/env bash
# Asks the gateway's /health route and remembers the answer, so that a change is logged as one.
# Run by deploy/systemd/gateway-monitor.timer; works by hand, too.
set -euo pipefail

url="${GATEWAY_URL:-http://127.0.0.1:18789}/health"
timeout="${MONITOR_TIMEOUT:-5}"
label="${MONITOR_LABEL:-gateway}"
state_dir="$HOME/.gateway/monitor-state"
log_file="$state_dir/monitor.log"

mkdir -p "$state_dir"

log() {
  printf '%s %s: %s\n' "$(date --iso-8601=seconds)" "$label" "$1" | tee -a "$log_file"
}

before=unknown
if [ -f "$state_dir/last" ]; then
  before=$(<"$state_dir/last")
fi

if curl --fail --silent --show-error --max-time "$timeout" "$url" >/dev/null; then
  now=up
else
  now=down
fi
echo "$now" >"$state_dir/last"

if [ "$now" != "$before" ]; then
  log "was $before, is $now ($url)"
fi
[ "$now" = up ]
