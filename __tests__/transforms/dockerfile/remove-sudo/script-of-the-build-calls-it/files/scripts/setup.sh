#!/bin/bash
SUDO=${SUDO:-sudo}
$SUDO apt-get update
