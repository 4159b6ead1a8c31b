FROM debian:bookworm-slim
ARG USERNAME=dev
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/* \
    && useradd -m $USERNAME && echo "$USERNAME ALL=(root) NOPASSWD:ALL" > /etc/sudoers.d/$USERNAME \
    && chmod 0440 /etc/sudoers.d/$USERNAME
USER $USERNAME
RUN sudo mkdir /cache
CMD ["git", "daemon"]
