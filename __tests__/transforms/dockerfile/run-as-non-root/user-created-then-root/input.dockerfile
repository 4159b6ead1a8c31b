FROM debian:12-slim
RUN useradd -m relay
USER relay
WORKDIR /opt/relay
COPY relay ./
USER root
RUN chmod 755 relay
CMD ["./relay"]
