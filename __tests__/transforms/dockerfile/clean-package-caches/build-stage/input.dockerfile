FROM debian:12 AS build
RUN apt-get update && apt-get install -y gcc
RUN gcc --version

FROM debian:12-slim
COPY --from=build /out /app
CMD ["/app"]
