FROM debian:12-slim
COPY agent /usr/local/bin/agent
ENTRYPOINT agent --foreground
