# syntax=docker/dockerfile:1
FROM node:22-slim
WORKDIR /app
COPY . .
RUN <<EOT
npm ci
# USER node
EOT
CMD ["node", "server.js"]
