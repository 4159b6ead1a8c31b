FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://127.0.0.1:3000/"]
CMD ["node", "dist/server.js"]
