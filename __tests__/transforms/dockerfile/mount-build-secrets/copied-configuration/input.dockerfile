FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
COPY package.json package-lock.json \
     .npmrc ./
RUN npm ci
COPY src src
CMD ["node", "src/server.js"]
