FROM debian:12
RUN echo "abc  file" | sha256sum -c -
RUN dpkg -l | grep ssl || true
RUN curl -fsSL https://example.org/app -o /app
RUN echo "$(curl -fsSL https://example.org/version | head -n 1)" > /version
CMD ["/app"]
