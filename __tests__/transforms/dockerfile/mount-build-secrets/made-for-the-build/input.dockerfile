FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
COPY .npmrc package.json ./
RUN npm install
CMD ["node", "server.js"]
