FROM fedora:40
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
CMD ["/app"]
