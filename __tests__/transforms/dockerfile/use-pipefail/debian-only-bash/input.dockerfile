FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
RUN if [[ -f /app ]]; then echo yes; fi
CMD ["/app"]
