FROM node:22-bookworm
WORKDIR /app
COPY . .
RUN npm install --legacy-peer-deps
CMD ["node", "server.js"]
