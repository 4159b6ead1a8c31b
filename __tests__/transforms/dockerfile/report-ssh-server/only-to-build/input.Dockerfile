FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y openssh-server
FROM debian:bookworm-slim
COPY --from=build /bin/true /app
CMD ["/app"]
