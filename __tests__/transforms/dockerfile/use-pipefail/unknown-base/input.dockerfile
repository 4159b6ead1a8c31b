ARG BASE
FROM $BASE
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
FROM example/app
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
CMD ["/app"]
