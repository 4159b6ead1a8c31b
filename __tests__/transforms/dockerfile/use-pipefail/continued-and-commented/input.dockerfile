FROM node:22-alpine
RUN \
    # the tools
    apk add --no-cache curl \
    && curl -fsSL https://example.org/app.tar.gz \
    | tar xz
CMD ["/app"]
