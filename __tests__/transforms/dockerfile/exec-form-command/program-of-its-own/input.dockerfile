FROM golang:1.23 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/relay .
FROM debian:12-slim
COPY --from=build /out/relay /usr/local/bin/relay
CMD relay -listen :8080
