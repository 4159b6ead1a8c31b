#!/bin/bash
report() { echo "$1"; }
report OK
