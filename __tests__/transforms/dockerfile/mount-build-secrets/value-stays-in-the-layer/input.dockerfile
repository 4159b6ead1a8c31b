FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG NPM_TOKEN
RUN npm config set //npm.kiosk.test/:_authToken ${NPM_TOKEN}
COPY package.json package-lock.json ./
RUN npm ci
CMD ["node", "server.js"]
