FROM ubuntu:24.04
RUN apt-get update && apt-get install -y sudo vim && rm -rf /var/lib/apt/lists/*
RUN useradd -m dev && adduser dev sudo
USER dev
RUN sudo touch /etc/motd
CMD ["bash"]
