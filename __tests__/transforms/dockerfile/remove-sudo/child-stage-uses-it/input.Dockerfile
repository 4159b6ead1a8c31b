FROM debian:bookworm-slim AS base
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app

FROM base AS tools
RUN sudo mkdir /tools

FROM base
WORKDIR /home/app
RUN sudo mkdir /cache
CMD ["git", "daemon"]
