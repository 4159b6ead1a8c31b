FROM debian:12-slim
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
CMD sleep 60
