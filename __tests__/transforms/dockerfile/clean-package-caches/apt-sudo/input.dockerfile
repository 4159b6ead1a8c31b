FROM debian:12
USER dev
RUN sudo apt-get update && sudo -E apt-get install -y curl
CMD ["curl"]
