FROM node:22-bookworm-slim
WORKDIR /app
COPY . .
RUN chown -R node:node .
CMD ["node", "server.js"]
