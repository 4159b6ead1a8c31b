FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
ARG NPM_TOKEN
COPY package.json ./
RUN echo "//npm.kiosk.test/:_authToken=$NPM_TOKEN" > .npmrc
RUN npm ci
FROM node:22-bookworm-slim
COPY --from=build /srv/kiosk /srv/kiosk
CMD ["node", "/srv/kiosk/server.js"]
