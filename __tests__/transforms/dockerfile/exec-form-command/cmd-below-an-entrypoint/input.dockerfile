FROM debian:12-slim
COPY entry.sh /entry.sh
ENTRYPOINT ["/entry.sh"]
CMD sleep 60
