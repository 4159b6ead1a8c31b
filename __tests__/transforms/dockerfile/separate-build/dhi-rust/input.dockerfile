FROM rust:1.83-bookworm
WORKDIR /usr/src/wiki
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY static ./static/
RUN cargo build --release
EXPOSE 8000
CMD ["./target/release/wiki"]
