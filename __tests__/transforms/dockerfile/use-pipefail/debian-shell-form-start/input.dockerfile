FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
HEALTHCHECK CMD curl -f http://localhost/ | grep -q ok
CMD ["/app"]
