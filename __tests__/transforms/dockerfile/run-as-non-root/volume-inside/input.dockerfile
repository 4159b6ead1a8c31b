FROM node:22-slim
WORKDIR /app
COPY . .
VOLUME ["/app/uploads"]
CMD ["node", "server.js"]
