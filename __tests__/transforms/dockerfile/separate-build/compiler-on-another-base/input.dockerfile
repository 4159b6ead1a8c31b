FROM debian:bookworm
RUN apt-get update && apt-get install -y --no-install-recommends gcc make
WORKDIR /app
COPY . .
RUN make
CMD ["./server"]
