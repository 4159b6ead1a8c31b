# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG NODE_ENV=production
# A read-only token for the group's packages.
ARG NPM_TOKEN
COPY package.json package-lock.json ./
RUN echo "//npm.kiosk.test/:_authToken=${NPM_TOKEN}" > .npmrc \
    && npm ci \
    && rm .npmrc
COPY . .
RUN npm run build
CMD ["node", "server.js"]
