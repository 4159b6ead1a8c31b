FROM node:22-slim AS test
CMD npm test
FROM node:22-slim
CMD echo ignored
CMD ["node", "server.js"]
