FROM node:22
RUN npm install -g pnpm@8
WORKDIR /app
COPY package.json pnpm-lock.yaml ./
RUN pnpm install
CMD ["node", "index.js"]
