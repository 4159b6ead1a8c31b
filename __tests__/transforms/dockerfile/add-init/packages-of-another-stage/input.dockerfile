FROM node:22-bookworm-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*

FROM base
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
