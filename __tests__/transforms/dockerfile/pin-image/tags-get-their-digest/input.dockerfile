# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.23 AS build
COPY --from=ghcr.io/acme/tools:2 /lint /usr/local/bin/
RUN --mount=type=bind,from=ghcr.io/acme/uv:0.5,source=/uv,target=/bin/uv uv --version
RUN go build -o /server

FROM build AS test
RUN go test ./...

FROM scratch
COPY --from=build /server /server
COPY --from=0 /etc/ssl /etc/ssl
ENTRYPOINT ["/server"]
