#!/bin/sh
set -eu
getent passwd tally | cut -d : -f 6
