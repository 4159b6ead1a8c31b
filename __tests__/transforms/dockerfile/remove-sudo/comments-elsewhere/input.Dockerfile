FROM debian:bookworm-slim
RUN apt-get update \
  # fetches the sources
  && apt-get install -y git sudo \
  && rm -rf /var/lib/apt/lists/*
RUN useradd -m app \
  && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo mkdir /cache && \
  # for the queue
  sudo mkdir /queue
CMD ["git", "daemon"]
