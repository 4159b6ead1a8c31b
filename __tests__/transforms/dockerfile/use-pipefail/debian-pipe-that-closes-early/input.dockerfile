FROM debian:12
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
RUN dpkg -l | head -n 3
CMD ["/app"]
