# syntax=docker/dockerfile:1
FROM debian:12
RUN bash <<'EOF'
curl -fsSL https://example.org/app.tar.gz | tar xz
make
EOF
RUN <<EOF
#!/bin/bash
  set -eu
  curl -fsSL https://example.org/app.tar.gz | tar xz
EOF
CMD ["/app"]
