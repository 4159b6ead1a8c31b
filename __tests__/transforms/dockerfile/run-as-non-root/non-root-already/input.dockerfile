FROM node:22-slim AS base
WORKDIR /app
USER node
FROM base
COPY --chown=node:node . .
CMD ["node", "server.js"]
