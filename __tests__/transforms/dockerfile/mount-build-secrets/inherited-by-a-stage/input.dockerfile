FROM node:22-bookworm-slim AS base
ARG NPM_TOKEN
FROM base
RUN npm ci --//npm.kiosk.test/:_authToken=$NPM_TOKEN
CMD ["node", "server.js"]
