FROM node:22-bookworm-slim
RUN mkdir -p /data && chown -R node:node /data
COPY --chown=node:node . /app
USER node
CMD ["node", "/app/server.js"]
