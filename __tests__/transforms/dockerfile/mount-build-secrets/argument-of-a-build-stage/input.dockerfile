FROM golang:1.24 AS build
ARG GITHUB_TOKEN VERSION=dev
WORKDIR /src
RUN --mount=type=cache,target=/go/pkg/mod \
    git config --global url."https://oauth2:${GITHUB_TOKEN}@github.com/".insteadOf https://github.com/
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod go build -ldflags "-X main.version=$VERSION" -o /bin/ferry .

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /bin/ferry /ferry
ENTRYPOINT ["/ferry"]
