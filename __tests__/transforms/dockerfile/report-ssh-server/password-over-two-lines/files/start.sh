#!/bin/sh
service ssh start
exec sleep infinity
