FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG NPM_TOKEN
RUN echo "//npm.kiosk.test/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm .npmrc
CMD ["node", "server.js"]
