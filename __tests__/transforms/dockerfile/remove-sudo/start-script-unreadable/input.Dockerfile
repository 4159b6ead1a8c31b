FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo git && rm -rf /var/lib/apt/lists/* && useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo mkdir /cache
ENTRYPOINT ["/opt/vendor/entrypoint.sh"]
