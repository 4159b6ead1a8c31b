FROM node:22
RUN corepack enable
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install
CMD ["yarn", "node", "index.js"]
