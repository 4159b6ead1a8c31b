FROM node:22-bookworm-slim AS deps
WORKDIR /srv/kiosk
ARG NPM_TOKEN
COPY package.json ./
RUN npm ci --//npm.kiosk.test/:_authToken=$NPM_TOKEN

FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
ARG NPM_TOKEN
COPY . .
RUN <<EOF
set -e
npm ci "--//npm.kiosk.test/:_authToken=${NPM_TOKEN}"
npm run build
EOF

FROM node:22-bookworm-slim
COPY --from=deps /srv/kiosk/node_modules /srv/kiosk/node_modules
COPY --from=build /srv/kiosk/dist /srv/kiosk/dist
CMD ["node", "/srv/kiosk/dist/server.js"]
