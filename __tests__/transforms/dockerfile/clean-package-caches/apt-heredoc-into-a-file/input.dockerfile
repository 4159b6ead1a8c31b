# syntax=docker/dockerfile:1
FROM debian:12
RUN apt-get update && cat > /etc/list <<EOF && apt-get install -y curl
curl
EOF
CMD ["git"]
