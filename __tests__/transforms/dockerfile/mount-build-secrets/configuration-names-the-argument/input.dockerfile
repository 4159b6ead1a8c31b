FROM node:22-alpine
WORKDIR /srv/kiosk
ARG NPM_TOKEN
COPY .npmrc package*.json ./
RUN npm ci --omit=dev
COPY . .
RUN node scripts/stamp.js
CMD ["node", "server.js"]
