FROM alpine:3.20
RUN adduser -D app
COPY server /app/server
RUN <<EOF
set -e
chown -R app:app /app
apk add --no-cache tzdata
EOF
USER app
CMD ["/app/server"]
