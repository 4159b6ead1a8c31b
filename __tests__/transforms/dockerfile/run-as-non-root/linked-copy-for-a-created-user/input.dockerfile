# syntax=docker/dockerfile:1
FROM debian:12-slim
RUN useradd --system relay
WORKDIR /app
COPY --link relay ./
CMD ["./relay"]
