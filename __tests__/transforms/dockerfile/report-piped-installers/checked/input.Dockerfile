FROM debian:bookworm-slim
RUN curl -fsSLo install.sh https://get.example.org/v1.2.3/install.sh \
 && echo "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  install.sh" | sha256sum -c - \
 && sh install.sh
RUN curl -fsSL https://example.org/data.json -o /data.json
RUN curl -fsS http://localhost:8080/ready
