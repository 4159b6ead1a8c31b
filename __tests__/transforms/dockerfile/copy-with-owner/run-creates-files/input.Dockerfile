FROM node:22-bookworm-slim
WORKDIR /app
COPY . .
RUN npm ci
RUN chown -R node:node /app
USER node
CMD ["node", "server.js"]
