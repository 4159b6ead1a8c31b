FROM node:22
WORKDIR /app
COPY package.json yarn.lock ./
RUN NODE_ENV=development yarn
RUN yarn install --production && yarn build
RUN yarn install --frozen-lockfile
RUN yarn --version
CMD ["node", "index.js"]
