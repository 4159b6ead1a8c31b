FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y tini jq \
    && rm -rf /var/lib/apt/lists/*
CMD ["tini", "--", "sleep", "60"]
