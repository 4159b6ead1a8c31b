FROM ghcr.io/acme/base:3
COPY app /app
EXPOSE 8080
CMD ["/app"]
