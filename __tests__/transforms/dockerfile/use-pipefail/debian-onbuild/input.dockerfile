FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
ONBUILD RUN make
CMD ["/app"]
