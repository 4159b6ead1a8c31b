FROM debian:12-slim
RUN apt-get update && apt-get install -y gcc cmake python3-pip xvfb
CMD ["gcc", "--version"]
