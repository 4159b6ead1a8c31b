FROM ubuntu:24.04
RUN echo 'APT::Install-Recommends "false";' > /etc/apt/apt.conf.d/90no-recommends
RUN apt-get update && apt-get install -y jq
CMD ["jq", "--version"]
