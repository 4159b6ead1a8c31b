FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y gosu && rm -rf /var/lib/apt/lists/*
COPY entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
