FROM debian:12-slim
ENTRYPOINT sleep 60
CMD --help
