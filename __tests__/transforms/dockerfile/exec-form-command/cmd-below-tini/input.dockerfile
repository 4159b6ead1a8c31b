FROM node:22-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
CMD node server.js
