FROM node:22-bookworm-slim
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends \
    ca-certificates \
    # for thumbnails
    chromium \
    && rm -rf /var/lib/apt/lists/*
COPY . .
USER node
EXPOSE 3000
CMD ["node", "server.js"]
