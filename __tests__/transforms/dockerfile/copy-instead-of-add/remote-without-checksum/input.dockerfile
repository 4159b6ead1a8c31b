FROM alpine:3.20
ADD https://example.org/tools/fetch-1.2 /usr/local/bin/fetch
RUN chmod 755 /usr/local/bin/fetch
CMD ["fetch"]
