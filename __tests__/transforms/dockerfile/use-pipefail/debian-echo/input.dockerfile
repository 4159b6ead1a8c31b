FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
RUN echo "a\tb" > /etc/app.conf
CMD ["/app"]
