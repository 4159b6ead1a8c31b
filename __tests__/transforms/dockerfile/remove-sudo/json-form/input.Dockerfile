FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git sudo
USER www-data
RUN ["sudo", "mkdir", "/cache"]
CMD ["git", "daemon"]
