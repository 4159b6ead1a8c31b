FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git sudo
CMD ["git", "daemon"]
