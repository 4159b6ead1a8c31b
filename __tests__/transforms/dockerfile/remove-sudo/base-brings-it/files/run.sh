#!/bin/sh
set -eu
exec node /home/tester/main.js
