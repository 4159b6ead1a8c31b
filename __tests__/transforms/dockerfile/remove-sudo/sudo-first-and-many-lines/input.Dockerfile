FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y \
    sudo \
    git \
    tini \
 && useradd -m app \
 && usermod -aG sudo app \
 && rm -rf /var/lib/apt/lists/*
USER app
RUN sudo install -d /srv/app
CMD ["/usr/bin/tini", "--", "git", "daemon"]
