FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
COPY api ./
CMD ["node", "server.js"]
