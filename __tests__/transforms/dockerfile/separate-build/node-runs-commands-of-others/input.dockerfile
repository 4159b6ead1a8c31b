FROM node:22-alpine
RUN apk add --no-cache jq python3 make
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
