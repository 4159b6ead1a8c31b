# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
RUN <<EOF
set -e
apt-get update
apt-get install -y git sudo
useradd -m app
echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
rm -rf /var/lib/apt/lists/*
EOF
USER app
RUN <<EOF
sudo mkdir /cache
sudo chmod 1777 /cache
EOF
CMD ["git", "daemon"]
