FROM debian:bookworm-slim
RUN sudo mkdir /data && sudo -u www-data touch /data/x
CMD ["sleep", "1"]
