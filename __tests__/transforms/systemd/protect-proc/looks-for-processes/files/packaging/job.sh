#!/bin/sh
set -eu
pkill -HUP -x tallyd
