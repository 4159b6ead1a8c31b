#!/bin/sh
for hook in /etc/hooks.d/*; do
  "$hook" start
done
