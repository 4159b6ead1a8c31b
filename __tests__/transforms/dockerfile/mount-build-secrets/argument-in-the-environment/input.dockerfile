FROM node:22-bookworm-slim
WORKDIR /srv/kiosk
ARG SESSION_SECRET
ENV SESSION_SECRET=$SESSION_SECRET
COPY . .
CMD ["node", "server.js"]
