# syntax=docker/dockerfile:1.4
FROM node:22-bookworm-slim
ARG NPM_TOKEN
RUN npm install --//npm.kiosk.test/:_authToken=$NPM_TOKEN kiosk-cli
CMD ["kiosk"]
