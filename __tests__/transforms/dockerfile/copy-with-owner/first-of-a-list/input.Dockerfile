FROM alpine:3.20
RUN addgroup -S app && adduser -S -G app app
COPY bin /app/bin
RUN chown -R app:app /app && \
    apk add --no-cache ca-certificates && \
    ln -s /app/bin/server /usr/local/bin/server
USER app
CMD ["server"]
