FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN apt-get update && apt-get install -y git
RUN apt-get install -y make
CMD ["git"]
