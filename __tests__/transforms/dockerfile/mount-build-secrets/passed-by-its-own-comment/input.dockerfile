# docker build --build-arg NPM_TOKEN="..." .
FROM node:22-bookworm-slim
ARG NPM_TOKEN
RUN npm ci "--//npm.kiosk.test/:_authToken=$NPM_TOKEN"
CMD ["node", "server.js"]
