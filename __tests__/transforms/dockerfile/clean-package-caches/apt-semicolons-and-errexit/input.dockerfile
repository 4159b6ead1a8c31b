FROM debian:12
RUN set -eux; \
    apt-get update; \
    apt-get install -y git; \
    git --version
RUN set -eux; \
    apt-get update; \
    apt-get install -y make
RUN set -e; apt-get update && apt-get install -y jq; jq --version
CMD ["git"]
