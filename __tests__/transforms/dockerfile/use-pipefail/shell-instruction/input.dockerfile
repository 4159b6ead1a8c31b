FROM debian:12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
FROM debian:12
SHELL ["/bin/bash", "-c"]
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
FROM debian:12
SHELL ["/bin/sh", "-ec"]
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
FROM alpine
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
CMD ["/app"]
