# docker build --secret id=npm_token,env=NPM_TOKEN .
FROM node:22-bookworm-slim
ARG NPM_TOKEN
RUN --mount=type=secret,id=npm_token \
    [ ! -f /run/secrets/npm_token ] || NPM_TOKEN=$(cat /run/secrets/npm_token) && \
    npm ci "--//npm.kiosk.test/:_authToken=$NPM_TOKEN"
CMD ["node", "server.js"]
