FROM node:12
WORKDIR /app
COPY . .
RUN npm ci
HEALTHCHECK CMD curl -f http://127.0.0.1:3000/
CMD ["node", "server.js"]
