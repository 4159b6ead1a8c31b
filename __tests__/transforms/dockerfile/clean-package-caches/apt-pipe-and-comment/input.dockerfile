FROM debian:12
RUN apt-get update && yes | apt-get install curl >/dev/null 2>&1 # quiet
CMD ["curl"]
