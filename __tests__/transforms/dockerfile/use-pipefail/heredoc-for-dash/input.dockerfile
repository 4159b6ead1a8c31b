# syntax=docker/dockerfile:1
FROM debian:12
RUN <<EOF
set -e
curl -fsSL https://example.org/app.tar.gz | tar xz
EOF
CMD ["/app"]
