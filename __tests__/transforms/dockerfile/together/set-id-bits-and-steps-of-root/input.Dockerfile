FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git sudo && rm -rf /var/lib/apt/lists/*
RUN useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
WORKDIR /home/app
RUN sudo mkdir /cache
CMD ["git", "daemon"]
