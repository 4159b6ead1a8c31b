FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
ARG KIOSK_NPM_TOKEN=""
COPY . .
RUN corepack enable
RUN yarn install --immutable
FROM node:22-bookworm-slim
COPY --from=build /srv/kiosk/dist /srv/kiosk
CMD ["node", "/srv/kiosk/server.js"]
