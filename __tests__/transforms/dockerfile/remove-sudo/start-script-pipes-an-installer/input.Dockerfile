FROM ubuntu:24.04
RUN apt-get update && apt-get install -y curl sudo && rm -rf /var/lib/apt/lists/*
RUN useradd -m app && echo "app ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
COPY run.sh /usr/local/bin/run.sh
RUN sudo chmod +x /usr/local/bin/run.sh
ENTRYPOINT ["/usr/local/bin/run.sh"]
