FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git sudo && rm -rf /var/lib/apt/lists/*
RUN useradd -m app \
  # may do everything
  && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app \
  && mkdir /data
USER app
RUN sudo mkdir /cache
CMD ["git", "daemon"]
