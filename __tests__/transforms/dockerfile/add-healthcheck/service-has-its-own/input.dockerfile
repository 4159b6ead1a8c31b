FROM node:22-slim
EXPOSE 3000
CMD ["node", "server.js"]
