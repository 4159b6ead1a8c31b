FROM node:22-bookworm-slim
COPY --chown=www-data:www-data public /app/public
COPY server.js /app/
RUN chown -R node:node /app
USER node
CMD ["node", "/app/server.js"]
