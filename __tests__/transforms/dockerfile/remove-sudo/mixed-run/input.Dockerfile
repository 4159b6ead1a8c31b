FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y sudo python3-pip && rm -rf /var/lib/apt/lists/*
RUN useradd -m app && echo "app ALL=NOPASSWD:ALL" > /etc/sudoers.d/app
USER app
RUN sudo apt-get update && pip3 install --user requests
CMD ["python3", "-m", "app"]
