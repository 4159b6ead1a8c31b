#!/bin/sh
echo "Content-Type: text/plain"
echo
echo "user $(id -un) asks for $QUERY_STRING"
