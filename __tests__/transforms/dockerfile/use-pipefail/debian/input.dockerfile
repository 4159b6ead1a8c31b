FROM debian:12
RUN apt-get update
# the program
RUN curl -fsSL https://example.org/app.tar.gz | tar xz
RUN curl -fsSL https://example.org/key.asc | gpg --dearmor -o /key.gpg
CMD ["/app"]
