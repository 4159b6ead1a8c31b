FROM debian:12
RUN apt-get update && apt-get install -y git && apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*
RUN apt-get update && apt-get install -y make && rm -rf /var/lib/apt
RUN apt-get update && apt-get install -y jq && find /var/lib/apt/lists -type f -delete
RUN apt-get update; apt-get install -y xz-utils; apt-get distclean
RUN apt-get update; apt-get install -y file; apt-get dist-clean
RUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y zip && /scripts/cleanup.sh
CMD ["git"]
