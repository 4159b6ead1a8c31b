FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends supervisor
WORKDIR /app
CMD ["/usr/bin/supervisord", "-n"]
