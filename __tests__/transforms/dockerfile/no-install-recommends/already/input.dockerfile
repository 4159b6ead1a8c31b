FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates
RUN apt-get install -y -o APT::Install-Recommends=false jq
RUN apt-get -o APT::Install-Recommends=0 install -y make
CMD ["curl", "--version"]
