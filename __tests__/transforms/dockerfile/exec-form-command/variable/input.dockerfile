FROM node:22-slim
ENV PORT=3000
CMD node server.js --port $PORT
