FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/*
RUN useradd -m app
COPY sudoers /etc/sudoers.d/app
RUN chmod 440 /etc/sudoers.d/app
USER app
RUN sudo mkdir /cache
CMD ["git", "daemon"]
