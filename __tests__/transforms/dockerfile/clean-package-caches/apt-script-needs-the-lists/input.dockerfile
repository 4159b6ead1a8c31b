FROM debian:12
WORKDIR /src
COPY . .
RUN apt-get update && apt-get install -y curl
RUN ./install.sh
CMD ["curl"]
