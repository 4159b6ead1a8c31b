FROM node:22
RUN npm install -g pnpm@9
WORKDIR /app
COPY package.json pnpm-lock.yaml ./
RUN pnpm install --prod
RUN pnpm i && pnpm build
CMD ["node", "index.js"]
