#!/bin/bash
set -e
curl -fsSL "$INSTALL_URL" | bash
command -v git
