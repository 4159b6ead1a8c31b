#!/bin/sh
./migrate
exec dumb-init node server.js
