FROM node:22-slim AS base
WORKDIR /app
COPY . .
CMD ["node", "server.js"]
FROM base AS test
RUN npm test
USER node
CMD ["npm", "test"]
