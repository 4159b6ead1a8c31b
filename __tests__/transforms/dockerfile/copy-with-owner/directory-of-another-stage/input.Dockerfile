FROM node:22-bookworm-slim AS deps
WORKDIR /app
COPY package.json .

FROM deps
COPY . .
RUN chown -R node:node /app
USER node
CMD ["node", "server.js"]
