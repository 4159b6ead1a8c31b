FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl sudo git && rm -rf /var/lib/apt/lists/*
RUN useradd -m -G sudo -s /bin/bash dev && echo "dev ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
USER dev
WORKDIR /home/dev
COPY --chown=dev . .
# The database client.
RUN sudo apt-get update && \
    sudo apt-get install -y --no-install-recommends postgresql-client && \
    sudo rm -rf /var/lib/apt/lists/*
RUN sudo mkdir /data
RUN ./configure
CMD ["./server"]
