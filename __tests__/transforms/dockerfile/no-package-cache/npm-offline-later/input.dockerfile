FROM node:22-slim
WORKDIR /app
RUN npm ci --prefer-offline
CMD ["node", "index.js"]
