FROM registry.example.org/platform/runtime:7
WORKDIR /app
COPY . .
CMD ["node", "server.js"]
