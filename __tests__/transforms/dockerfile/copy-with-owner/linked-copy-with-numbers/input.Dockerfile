# syntax=docker/dockerfile:1
FROM node:22-bookworm-slim
COPY --link . /app
RUN chown -R 1000:1000 /app
USER node
CMD ["node", "/app/server.js"]
