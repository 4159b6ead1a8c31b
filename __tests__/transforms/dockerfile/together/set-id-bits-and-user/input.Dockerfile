FROM node:22-bookworm-slim
WORKDIR /app
COPY . .
# The server.
CMD ["node", "server.js"]
