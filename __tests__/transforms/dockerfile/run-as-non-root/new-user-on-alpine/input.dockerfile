FROM golang:1.23-alpine AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/relay .

FROM alpine:3.20
RUN apk add --no-cache tzdata
WORKDIR /app
COPY --from=build /out/relay ./
EXPOSE 80
ENTRYPOINT ["./relay"]
CMD ["-listen", ":80"]
