FROM node:22-bookworm-slim
COPY --link . /app
RUN chown -R node:node /app
USER node
CMD ["node", "/app/server.js"]
