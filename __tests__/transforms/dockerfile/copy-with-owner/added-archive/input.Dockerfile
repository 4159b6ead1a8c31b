FROM alpine:3.20
RUN adduser -D app
ADD server.tar.gz /app/
RUN chown -R app:app /app
USER app
CMD ["/app/server"]
