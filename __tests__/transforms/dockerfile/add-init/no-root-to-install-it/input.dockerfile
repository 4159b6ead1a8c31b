FROM node:22-bookworm-slim AS base
USER node

FROM base
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
