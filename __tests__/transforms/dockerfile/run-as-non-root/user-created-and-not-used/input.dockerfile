FROM debian:12-slim
RUN groupadd -g 2000 relay && useradd -m -u 2000 -g relay -s /usr/sbin/nologin relay
WORKDIR /opt/relay
COPY relay.conf relay ./
CMD ["./relay", "--config", "relay.conf"]
