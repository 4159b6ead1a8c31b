FROM node:22
WORKDIR /app
COPY package.json pnpm-lock.yaml ./
RUN pnpm install
CMD ["node", "index.js"]
