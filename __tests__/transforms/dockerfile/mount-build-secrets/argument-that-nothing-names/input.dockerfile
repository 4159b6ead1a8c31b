FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG SENTRY_AUTH_TOKEN
COPY . .
RUN npm run build
CMD ["node", "server.js"]
