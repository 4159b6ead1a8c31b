FROM debian:bookworm-slim
RUN <<EOF
set -e
curl -fsSL https://get.example.org/install.sh | bash -s -- -y
EOF
