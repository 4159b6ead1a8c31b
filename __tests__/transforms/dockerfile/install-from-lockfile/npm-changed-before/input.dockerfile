FROM node:22
WORKDIR /app
COPY . .
RUN npm pkg delete scripts.prepare
RUN npm install
FROM node:22
WORKDIR /app
COPY . .
RUN rm package-lock.json && npm install
FROM node:22
WORKDIR /app
COPY --from=0 /app/node_modules ./node_modules
COPY . .
RUN npm install
CMD ["node", "index.js"]
