FROM debian:bookworm-slim
RUN bash <(curl -s https://get.example.org/a.sh)
RUN sh -c "$(curl -fsSL https://get.example.org/b.sh)" -- -y
RUN eval "$(wget -qO- $SCRIPT_URL)"
