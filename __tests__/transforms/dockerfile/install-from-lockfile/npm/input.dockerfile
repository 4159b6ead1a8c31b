FROM node:22-slim
WORKDIR /app
COPY package*.json ./
RUN npm install --production --no-audit
COPY . .
RUN npm i
CMD ["node", "index.js"]
