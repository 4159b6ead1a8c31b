FROM node:22-slim
WORKDIR /app
COPY . .
ENTRYPOINT ["/app/docker-entrypoint.js"]
CMD ["node", "server.js"]
