FROM debian:12-slim
ARG EXTRA_PACKAGES=""
RUN if [ -n "$EXTRA_PACKAGES" ]; then \
      apt-get update && apt-get install -y $EXTRA_PACKAGES; \
    fi
CMD ["true"]
