FROM node:22-slim AS dev
CMD npm run dev
FROM node:22-slim
CMD ["node", "server.js"]
