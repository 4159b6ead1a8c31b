FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
COPY . .
CMD ["node", "server.js"]
