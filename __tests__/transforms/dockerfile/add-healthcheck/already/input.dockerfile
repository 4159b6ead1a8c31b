FROM node:22-slim AS base
EXPOSE 3000
HEALTHCHECK CMD ["node", "check.js"]

FROM base
COPY . .
CMD ["node", "server.js"]
