FROM node:22-bookworm
WORKDIR /app
COPY . .
RUN npm ci && npx playwright install --with-deps chromium
CMD ["node", "crawl.js"]
