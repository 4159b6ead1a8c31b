FROM debian:12-slim
COPY relay /usr/local/bin/
CMD ["relay"]
