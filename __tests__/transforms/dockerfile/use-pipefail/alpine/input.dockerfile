FROM alpine:3.20
RUN wget -qO- https://example.org/app.tar.gz | tar xz
RUN set -eux; \
    curl -fsSL https://example.org/app.tar.gz | tar xz; \
    make
RUN set -o pipefail && curl -fsSL https://example.org/app.tar.gz | tar xz
RUN set -- a b; curl -fsSL https://example.org/app.tar.gz | tar xz
RUN VERSION=$(curl -fsSL https://example.org/version | jq -r .tag) && echo "$VERSION"
CMD ["/app"]
