FROM node:22-slim
WORKDIR /app
COPY . .
VOLUME /uploads
CMD ["node", "server.js"]
