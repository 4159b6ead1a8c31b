# syntax=docker/dockerfile:1
# The shop's API.
FROM node:22-bookworm

ARG APT_PROXY
LABEL org.opencontainers.image.source="https://example.org/shop"
WORKDIR /app
# node-gyp wants them
RUN apt-get update \
    # and git for one dependency
    && apt-get install -y --no-install-recommends build-essential python3 git fonts-dejavu=2.37-6 \
    && rm -rf /var/lib/apt/lists/*
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build && rm -rf .cache
ENV NODE_ENV=production \
    PORT=3000
VOLUME /app/uploads
STOPSIGNAL SIGINT
EXPOSE 3000
CMD ["node", "dist/index.js"]
