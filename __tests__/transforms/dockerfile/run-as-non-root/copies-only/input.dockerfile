FROM node:22-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
# compiled sources
COPY --from=build /app/dist ./dist
COPY package.json ./
EXPOSE 3000
# started by the platform
CMD ["node", "dist/server.js"]
