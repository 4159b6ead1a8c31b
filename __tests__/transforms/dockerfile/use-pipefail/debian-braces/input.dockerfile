FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
RUN mkdir -p /srv/{a,b}
CMD ["/app"]
