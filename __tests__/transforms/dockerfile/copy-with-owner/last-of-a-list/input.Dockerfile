FROM alpine:3.20
RUN addgroup -S app && adduser -S -G app app
COPY bin/server /app/server
RUN chmod 755 /app/server \
  && chown -R app:app /app
USER app
CMD ["/app/server"]
