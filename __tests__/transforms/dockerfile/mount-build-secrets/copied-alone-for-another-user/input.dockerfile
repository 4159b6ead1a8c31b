FROM node:22-bookworm-slim AS build
WORKDIR /home/node/kiosk
USER node
COPY --chown=node .npmrc /home/node/.npmrc
COPY --chown=node package*.json ./
RUN --network=default npm ci
RUN npm run build
FROM node:22-bookworm-slim
COPY --from=build /home/node/kiosk/dist /srv
CMD ["node", "/srv/server.js"]
