FROM debian:bookworm-slim AS base
RUN useradd --system app
USER app

FROM base
COPY server /usr/local/bin/server
CMD ["server"]
