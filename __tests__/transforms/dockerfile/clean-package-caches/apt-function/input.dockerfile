FROM debian:12
RUN install() { apt-get update && apt-get install -y "$@"; }; install git
RUN apt-get update; apt-get install -y jq; echo "$?"
RUN apt-get update & wait
CMD ["git"]
