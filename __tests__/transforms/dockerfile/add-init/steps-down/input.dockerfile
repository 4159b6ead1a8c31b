FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gosu nodejs
COPY entrypoint.sh /
EXPOSE 3000
ENTRYPOINT ["/entrypoint.sh"]
