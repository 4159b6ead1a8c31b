FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl sudo && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo mkdir /cache
RUN curl -fsSL https://example.org/install.sh | bash
CMD ["/home/app/.local/bin/app"]
