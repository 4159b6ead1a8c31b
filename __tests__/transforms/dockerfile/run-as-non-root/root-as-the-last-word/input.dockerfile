FROM node:22-slim
WORKDIR /app
COPY . .
USER root
CMD ["node", "server.js"]
