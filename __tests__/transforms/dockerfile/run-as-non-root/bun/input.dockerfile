FROM oven/bun:1 AS build
WORKDIR /app
COPY . .
RUN bun install --frozen-lockfile
FROM oven/bun:1-slim
WORKDIR /app
COPY --from=build /app ./
# one port for all
EXPOSE 3000
CMD ["bun", "run", "server.ts"]
