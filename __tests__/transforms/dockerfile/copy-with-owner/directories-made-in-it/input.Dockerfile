FROM node:22-bookworm-slim
COPY . /app
RUN mkdir -p /app/logs && chown -R node:node /app
USER node
CMD ["node", "/app/server.js"]
