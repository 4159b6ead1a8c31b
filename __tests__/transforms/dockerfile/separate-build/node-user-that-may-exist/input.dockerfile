FROM node:22-alpine
RUN apk add --no-cache --virtual .build python3 g++
WORKDIR /app
COPY . .
RUN npm ci
RUN adduser -s /bin/false node; exit 0
USER node
CMD ["node", "server.js"]
