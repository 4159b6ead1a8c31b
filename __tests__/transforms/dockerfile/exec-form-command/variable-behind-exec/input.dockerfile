FROM node:22-slim
ENV PORT=3000
CMD exec node server.js --port "$PORT"
