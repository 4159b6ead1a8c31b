FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo wget \
    && sudo rm -rf /var/lib/apt/lists/*
RUN wget -qO /tmp/key.asc https://example.org/key.asc && sudo -E install -m 644 /tmp/key.asc /etc/apt/keyrings/
USER nobody
CMD ["wget", "--version"]
