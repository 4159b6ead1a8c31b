FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping
COPY probe.sh /usr/local/bin/probe.sh
USER nobody
ENTRYPOINT ["probe.sh"]
