FROM debian:bookworm-slim AS build
RUN chmod -R 777 /src
FROM debian:bookworm-slim
COPY --from=build /src/app /app
