FROM node:22-bookworm-slim AS build
WORKDIR /srv/kiosk
COPY . .
RUN npm ci && npm run build
FROM node:22-bookworm-slim
COPY --from=build /srv/kiosk/dist /srv/kiosk
CMD ["node", "/srv/kiosk/server.js"]
