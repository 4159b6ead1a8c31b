#!/bin/sh
set -eu
hostname "$(cat /etc/tally/name)"
