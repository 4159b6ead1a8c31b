FROM node:22-slim
EXPOSE 3000
HEALTHCHECK NONE
CMD ["node", "server.js"]
