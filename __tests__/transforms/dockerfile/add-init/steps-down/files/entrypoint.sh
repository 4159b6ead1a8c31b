#!/bin/sh
chown app /data
gosu app node /srv/server.js
