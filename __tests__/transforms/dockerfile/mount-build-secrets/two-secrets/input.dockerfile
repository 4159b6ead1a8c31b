FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
ARG GITHUB_TOKEN NPM_TOKEN
RUN npm ci "--//npm.kiosk.test/:_authToken=$NPM_TOKEN" && ./fetch.sh "$GITHUB_TOKEN"
FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG GITLAB_TOKEN
ARG KIOSK_PASSWORD
RUN ./fetch.sh "$GITLAB_TOKEN" "$KIOSK_PASSWORD"
CMD ["node", "server.js"]
