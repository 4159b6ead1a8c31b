#!/usr/bin/env bash
# Builds a copy of the checkout in /src as an ordinary user, starts it and asks it a question.
set -euo pipefail

if [ "$(id -u)" -eq 0 ]; then
  echo "this test is about users who are not root" >&2
  exit 1
fi

# A fresh machine has no jq; people install it the same way.
if ! command -v jq >/dev/null; then
  sudo apt-get update
  sudo apt-get install -y --no-install-recommends jq
fi

mkdir -p "$HOME/gateway"
tar -C /src --exclude=./node_modules --exclude=./dist --exclude=./state -cf - . | tar -C "$HOME/gateway" -xf -
cd "$HOME/gateway"
npm ci
npm run build
npm test

node dist/index.js serve --port 18789 &
gateway=$!
trap 'kill "$gateway" 2>/dev/null || true' EXIT

status=$(curl -fsS --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:18789/health | jq -r .status)
if [ "$status" != ok ]; then
  echo "unexpected status: $status" >&2
  exit 1
fi
bash scripts/monitor.sh
test -s "$HOME/.gateway/monitor-state/last"
echo "ok"
