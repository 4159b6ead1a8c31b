ARG NODE_VERSION=22
FROM node:${NODE_VERSION}-bookworm
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD node dist/index.js
