FROM node:22-slim
WORKDIR /app
COPY . .
HEALTHCHECK CMD node health.js
# the port is 3000
CMD npm start
