FROM debian:12-slim
RUN apt-get update && \
    apt-get install -y \
      curl \
      # JSON on the command line
      jq && \
    curl -fsSL https://example.org/feed.json | jq . > /feed.json
RUN apt-get install -y wget
CMD ["cat", "/feed.json"]
