FROM debian:12
ARG EXTRA=""
RUN set -e; \
    if [ -n "$EXTRA" ]; then \
      apt-get update; \
      apt-get install -y $EXTRA; \
    fi
CMD ["git"]
