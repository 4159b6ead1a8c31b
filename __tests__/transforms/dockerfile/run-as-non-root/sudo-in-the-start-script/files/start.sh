#!/bin/sh
sudo -u node node server.js
