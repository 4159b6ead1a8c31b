FROM debian:12-slim
WORKDIR /app
COPY scripts/ ./bin/
CMD bin/start.sh
