#!/bin/sh
set -e
apt-get update
apt-get install -y jq
rm -rf /var/lib/apt/lists/*
