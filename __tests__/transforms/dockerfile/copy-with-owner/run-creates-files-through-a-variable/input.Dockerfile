FROM node:22-bookworm-slim
ENV HOME_DIR=/app
COPY . /app
RUN node /app/setup.js > "$HOME_DIR/settings.json"
RUN chown -R node:node /app
USER node
CMD ["node", "/app/server.js"]
