FROM golang:1.23 AS build
COPY . .
RUN go build -o /server

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /server /server
EXPOSE 8080
ENTRYPOINT ["/server"]
