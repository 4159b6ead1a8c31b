FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl sudo && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
WORKDIR /home/app
COPY scripts scripts
RUN sudo mkdir /cache
RUN bash scripts/setup.sh
CMD ["/home/app/.local/bin/app"]
