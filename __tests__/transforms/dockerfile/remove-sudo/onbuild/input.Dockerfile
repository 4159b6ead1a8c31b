FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git sudo && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo mkdir /cache
ONBUILD RUN sudo chown app /cache
CMD ["git", "daemon"]
