FROM node:22-bookworm
WORKDIR /srv
COPY . .
RUN npm ci && npm run build --workspaces
WORKDIR /srv/packages/api
EXPOSE 5000
# Not through npm: it keeps signals to itself.
CMD node dist/server.js
