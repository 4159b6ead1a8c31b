FROM debian:12
ARG EXTRA=""
RUN if [ -n "$EXTRA" ]; then \
      apt-get update; \
      apt-get install -y $EXTRA; \
    fi
RUN apt-get update && for name in git make; do apt-get install -y "$name"; done
RUN apt-get update && (apt-get install -y jq || apt-get install -y --fix-missing jq) && jq --version
CMD ["git"]
