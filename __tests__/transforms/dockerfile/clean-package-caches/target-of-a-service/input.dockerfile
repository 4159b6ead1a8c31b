FROM debian:12 AS worker
RUN apt-get update && apt-get install -y gcc
CMD ["/worker"]

FROM debian:12-slim
CMD ["/app"]
