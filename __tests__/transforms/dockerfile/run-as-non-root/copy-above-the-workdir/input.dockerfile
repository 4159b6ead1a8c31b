FROM node:22-slim
COPY rootfs /
WORKDIR /app
COPY package.json ./
CMD ["node", "server.js"]
