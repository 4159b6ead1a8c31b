FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG NPM_TOKEN
RUN echo '//npm.kiosk.test/:_authToken=${NPM_TOKEN}' > .npmrc
COPY package*.json ./
RUN npm ci
RUN ls -la
CMD ["node", "server.js"]
