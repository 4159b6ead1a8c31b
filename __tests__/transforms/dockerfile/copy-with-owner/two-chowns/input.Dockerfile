FROM node:22-bookworm-slim
COPY . /app
RUN chown -R node:node /app
RUN chown -R www-data:www-data /app/public
USER node
CMD ["node", "/app/server.js"]
