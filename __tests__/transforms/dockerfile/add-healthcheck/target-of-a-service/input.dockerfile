FROM node:22-slim AS api
WORKDIR /app
COPY . .
EXPOSE 3000
CMD ["node", "api.js"]

FROM api AS migrate
CMD ["node", "migrate.js"]
