# syntax=docker/dockerfile:1
FROM debian:12
RUN <<EOF
set -e
apt-get update
apt-get install -y \
  curl \
  git
EOF
RUN <<-EOF
	apt-get update
	apt-get install -y jq
	jq --version
EOF
RUN bash -e <<'EOF'
  apt-get update && apt-get install -y make
  make --version
EOF
CMD ["git"]
