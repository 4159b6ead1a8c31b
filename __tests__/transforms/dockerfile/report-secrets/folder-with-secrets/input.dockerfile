FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
COPY . .
RUN npm ci --omit=dev
CMD ["node", "server.js"]
