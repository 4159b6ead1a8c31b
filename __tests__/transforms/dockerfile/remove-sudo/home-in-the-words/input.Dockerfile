FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo && rm -rf /var/lib/apt/lists/*
RUN useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo chown -R $(whoami) ~/data
CMD ["/usr/local/bin/app"]
