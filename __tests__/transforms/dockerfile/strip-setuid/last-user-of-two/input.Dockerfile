FROM node:22-bookworm-slim
USER node
WORKDIR /home/node
COPY --chown=node:node . .
RUN npm ci
USER root
RUN apt-get update && apt-get install -y --no-install-recommends tini
USER node
CMD ["tini", "--", "node", "server.js"]
