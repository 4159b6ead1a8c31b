FROM debian:12 AS base
RUN apt-get update && apt-get install -y curl

FROM base AS test
RUN apt-get install -y shellcheck

FROM base
CMD ["curl"]
