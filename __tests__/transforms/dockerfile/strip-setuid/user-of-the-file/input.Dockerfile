FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
RUN useradd --system app
COPY server /usr/local/bin/server

# Not root from here.
USER app
CMD ["server"]
