FROM debian:12-slim
RUN apt-get update && apt-get install -y curl && curl -fsS https://example.org/key > /key
RUN apt-get install -y ca-certificates
CMD ["cat", "/key"]
