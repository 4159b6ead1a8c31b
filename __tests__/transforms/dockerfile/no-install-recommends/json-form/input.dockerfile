FROM debian:12-slim
RUN ["apt-get", "install", "-y", "curl"]
RUN ["apt-get", "install", "--no-install-recommends", "-y", "jq"]
CMD ["curl"]
