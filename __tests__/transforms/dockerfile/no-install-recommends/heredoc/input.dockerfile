# syntax=docker/dockerfile:1
FROM debian:12-slim
RUN <<EOT
set -e
apt-get update
# FROM is only a word here
apt-get install -y jq
apt install -y -t bookworm-backports tini
EOT
CMD ["jq", "--version"]
