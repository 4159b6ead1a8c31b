FROM node:22-bookworm
RUN curl -fsSL https://example.org/driver -o /usr/local/bin/driver && chmod +x /usr/local/bin/driver
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
