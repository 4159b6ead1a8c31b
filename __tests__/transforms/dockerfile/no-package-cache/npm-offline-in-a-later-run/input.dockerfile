FROM node:22-slim
WORKDIR /app
RUN npm ci
RUN rm -rf node_modules && npm ci --offline --omit=dev
CMD ["node", "index.js"]
