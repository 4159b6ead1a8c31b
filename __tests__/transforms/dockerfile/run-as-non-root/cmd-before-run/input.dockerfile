FROM node:22-slim
WORKDIR /app
CMD ["node", "server.js"]
COPY . .
RUN npm ci
