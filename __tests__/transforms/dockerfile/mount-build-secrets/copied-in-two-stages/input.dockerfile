FROM node:22-bookworm-slim AS deps
WORKDIR /srv/kiosk
COPY .npmrc package.json ./
RUN npm ci --omit=dev
FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
COPY .npmrc .
COPY package.json .
RUN npm ci && npm run build
FROM node:22-bookworm-slim
COPY --from=deps /srv/kiosk/node_modules /srv/kiosk/node_modules
COPY --from=build /srv/kiosk/dist /srv/kiosk/dist
CMD ["node", "/srv/kiosk/dist/server.js"]
