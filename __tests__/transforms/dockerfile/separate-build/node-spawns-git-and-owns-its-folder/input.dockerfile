FROM node:22 AS gateway
RUN curl -fsSL https://bun.sh/install | bash
ENV PATH="/root/.bun/bin:${PATH}"
WORKDIR /app
ARG EXTRA_PACKAGES=""
RUN if [ -n "$EXTRA_PACKAGES" ]; then \
      apt-get update && apt-get install -y --no-install-recommends $EXTRA_PACKAGES && rm -rf /var/lib/apt/lists/*; \
    fi
COPY . .
RUN npm ci && npm run build
RUN chown -R node:node /app
USER node
HEALTHCHECK CMD curl -fsS http://127.0.0.1:3000/ || exit 1
CMD ["node", "dist/index.js"]
