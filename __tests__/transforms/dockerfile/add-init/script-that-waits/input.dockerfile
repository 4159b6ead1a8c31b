FROM debian:bookworm-slim
COPY start.sh /usr/local/bin/
EXPOSE 6080
CMD ["start.sh"]
