FROM alpine:3.20
CMD ["/app/server"]
COPY server /app/server
USER guest
