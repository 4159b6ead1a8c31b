FROM alpine:3.20
RUN adduser -D app
COPY server /app/server
RUN chmod 755 /app/server \
  # the program rewrites its settings
  && chown -R app:app /app \
  # and nothing else
  && ls -l /app
USER app
CMD ["/app/server"]
