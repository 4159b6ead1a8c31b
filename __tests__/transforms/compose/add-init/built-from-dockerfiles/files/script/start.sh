#!/bin/sh
./collect-metrics &
./server --port 8080
