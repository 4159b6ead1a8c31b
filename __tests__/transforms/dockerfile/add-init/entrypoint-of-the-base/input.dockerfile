FROM ghcr.io/acme/node-slim:22
EXPOSE 3000
CMD ["node", "server.js"]
