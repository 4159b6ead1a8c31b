FROM node:22-bookworm-slim
WORKDIR /app
COPY . .
# The program writes its state beside itself.
RUN chown -R node:node /app
USER node
CMD ["node", "server.js"]
