FROM node:22-slim
WORKDIR /app
COPY . .
ENV CONFIG_DIR=/config
CMD ["node", "server.js"]
