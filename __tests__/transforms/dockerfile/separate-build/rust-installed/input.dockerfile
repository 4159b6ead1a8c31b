FROM rust:1.83-slim-bookworm
WORKDIR /app
COPY . .
RUN cargo install --path .
CMD ["wiki"]
