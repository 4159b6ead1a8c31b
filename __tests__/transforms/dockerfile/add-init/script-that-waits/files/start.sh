#!/bin/bash
Xvfb :1 &
websockify 6080 localhost:5900 &
wait -n
